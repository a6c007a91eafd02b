import account from './account.json';
import app from './app.json';
import communities from './communities.json';
import conversation from './conversation.json';
import discussions from './discussions.json';
import home from './home.json';
import moderation from './moderation.json';
import people from './people.json';
import refusals from './refusals.json';

export default { ...app, ...account, ...home, ...communities, ...discussions, ...conversation, ...people, ...moderation, ...refusals };
