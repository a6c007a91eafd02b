import { defineCommand } from 'citty';
import { chat } from '../../client/terminal/index.ts';
import { Advice } from '../kit/advice.ts';

export default defineCommand({
  meta: { name: 'chat', description: 'Talks in the terminal, on any Plaza: bin/plaza chat http://localhost:3000' },
  args: {
    url: { type: 'positional', description: 'Where Plaza is.', default: 'http://localhost:3000' },
    as: { type: 'string', description: 'A name, or an e-mail address, to keep several people apart on this computer.', default: '' },
    in: { type: 'string', description: 'The channel to begin with, by its name.', default: '' },
  },
  async run({ args }) {
    if (!URL.canParse(args.url) || !/^https?:/.test(args.url))
      throw new Advice(`"${args.url}" is no address; write it as http://localhost:3000.`);
    if (!/^[\w.@+-]*$/.test(args.as)) throw new Advice('"--as" takes letters, digits and . @ + - _');
    await chat({ url: args.url, as: args.as, in: args.in });
  },
});
