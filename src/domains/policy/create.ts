import { PlazaError } from '../../../contracts/errors.ts';
import type { AccessEvent } from '../../../contracts/events.ts';
import type { Id } from '../../../contracts/nouns.ts';
import type { Pool, Sql, Transaction } from '../../engines/postgres/index.ts';
import { gathered } from '../../kit/gathered.ts';
import { isId } from '../../kit/page.ts';
import { channelFacts, communityFacts } from './facts.ts';
import type { Decision, Policy } from './index.ts';
import { type Action, decidingRule, type Facts } from './rules.ts';
import { createStandings } from './standings.ts';
import { defaultApplication, type Who } from './who.ts';

export interface PolicyDeps {
  sql: Pool;
  /** Who may make communities. */
  communitiesBy: 'members' | 'admins';
}

interface Ask {
  who: Who;
  channel: Id;
}

/** More than these are a query of their own. */
const few = 100;

export function createPolicy({ sql, communitiesBy }: PolicyDeps): Policy {
  const standings = createStandings();

  function standing(who: Who): Facts {
    return {
      role: who.role,
      sameApplication: true,
      defaultApplication: who.application === defaultApplication,
      scopeRead: who.scopes.includes('read'),
      scopeWrite: who.scopes.includes('write'),
      scopePeople: who.scopes.includes('people'),
      communitiesBy,
    };
  }

  function decide(action: Action, facts: Facts): Decision {
    const rule = decidingRule(action, facts);
    if (rule === null) return { allowed: false, rule: 'nothing-allows-it', says: 'You may not do this.' };
    return { allowed: rule.then === 'allow', rule: rule.id, says: rule.says };
  }

  const readable = (facts: Facts) => decide('channel.read', facts).allowed;

  async function read(asks: readonly Ask[], within?: Sql): Promise<(Facts | null)[]> {
    const found = await channelFacts(within ?? sql, asks, standing);
    return found.map((facts) => (facts && readable(facts) ? facts : null));
  }

  async function toCommunities(who: Who, communities: readonly Id[], within?: Transaction): Promise<(Facts | null)[]> {
    const found = await communityFacts(within ?? sql, who, communities);
    return found.map((facts) => {
      if (!facts) return null;
      const all = { ...standing(who), ...facts };
      return decide('community.see', all).allowed ? all : null;
    });
  }

  /** Those who ask while a query is under way go together into the next one. */
  const together = gathered<Ask, Facts>((asks) => read(asks));

  async function toChannels(asks: readonly Ask[], within?: Sql): Promise<(Facts | null)[]> {
    return within || asks.length > few ? await read(asks, within) : await Promise.all(asks.map(together));
  }

  return {
    standing,
    decide,
    toChannels,

    ask(action, facts) {
      const decision = decide(action, facts);
      if (decision.allowed) return;
      if (facts.role === 'guest') throw new PlazaError('unauthenticated', decision.says, { rule: decision.rule });
      throw new PlazaError('forbidden', decision.says, { rule: decision.rule });
    },

    toCommunities,

    async toCommunity(who, community, within) {
      const [facts] = isId(community) ? await toCommunities(who, [community], within) : [];
      if (facts) return facts;
      throw new PlazaError('not_found', 'There is no such community, or you may not see it.');
    },

    remembered: standings.get,

    async toChannel(who, channel) {
      const known = standings.get(who, channel);
      if (known !== null) return known;
      const facts = isId(channel) ? await standings.ask(who, channel, () => together({ who, channel })) : null;
      if (facts === null) throw new PlazaError('not_found', 'There is no such channel, or you may not read it.');
      return facts;
    },

    forget: (event: AccessEvent | 'everything') => standings.forget(event),
    remember: (on) => standings.remember(on),
  };
}
