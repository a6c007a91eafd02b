import { excerpt, markdownToHtml } from '../../kit/markdown.ts';
import { acceptAnswer } from './acceptAnswer.ts';
import { appChat, appChats, createAppChat } from './appChats.ts';
import { change } from './change.ts';
import { createChannel } from './createChannel.ts';
import { createDiscussion } from './createDiscussion.ts';
import { createGroup } from './createGroup.ts';
import { deleteMessage } from './delete.ts';
import type { Deps } from './deps.ts';
import { discussionTags } from './discussionTags.ts';
import { edit } from './edit.ts';
import { epoch } from './epoch.ts';
import { firstChat } from './firstChat.ts';
import type { Conversations } from './index.ts';
import { communityChats, discussions, discussionsOf } from './lists.ts';
import { makeDiscussion } from './makeDiscussion.ts';
import { markRead } from './markRead.ts';
import { may } from './may.ts';
import { addMember, enterCommunities, leaveCommunity, members, removeMember } from './members.ts';
import { mine } from './mine.ts';
import { news } from './news.ts';
import { openDirect } from './openDirect.ts';
import { messagesOf, page, pages } from './page.ts';
import { pin } from './pin.ts';
import { post } from './post.ts';
import { publicDiscussions, publicMarks } from './publicDiscussions.ts';
import { channel, channels, heads, messages, pins, readers, reads, revisions } from './read.ts';
import { restore } from './restore.ts';
import { search } from './search.ts';
import { changed, entered, since } from './since.ts';
import { typing } from './typing.ts';
import { unreadMentions } from './unreadMentions.ts';

export function createConversations(deps: Deps): Conversations {
  const read = pages(deps);
  return {
    createDiscussion: createDiscussion(deps),
    makeDiscussion: makeDiscussion(deps),
    createChannel: createChannel(deps),
    createGroup: createGroup(deps),
    openDirect: openDirect(deps),
    createAppChat: createAppChat(deps),
    appChats: appChats(deps),
    appChat: appChat(deps),
    change: change(deps),
    acceptAnswer: acceptAnswer(deps),
    addMember: addMember(deps),
    removeMember: removeMember(deps),
    members: members(deps),
    post: post(deps),
    edit: edit(deps),
    delete: deleteMessage(deps),
    restore: restore(deps),
    pin: pin(deps),
    markRead: markRead(deps),
    typing: typing(deps),
    channel: channel(deps),
    channels: channels(deps),
    may: may(deps),
    heads: heads(deps),
    mine: mine(deps),
    reads: reads(deps),
    unreadMentions: unreadMentions(deps),
    communityChats: communityChats(deps),
    discussions: discussions(deps),
    discussionsOf: discussionsOf(deps),
    news: news(deps),
    discussionTags: discussionTags(deps),
    publicDiscussions: publicDiscussions(deps),
    publicMarks: publicMarks(deps),
    since: since(deps),
    changed: changed(deps),
    entered: entered(deps),
    page: page(read),
    messagesOf: messagesOf(read),
    messages: messages(deps),
    pins: pins(deps),
    revisions: revisions(deps),
    readers: readers(deps),
    search: search(deps),
    html: markdownToHtml,
    excerpt: (body) => excerpt(body, 200),
    mayRead: async (asks) => (await deps.policy.toChannels(asks)).map((standing) => standing !== null),
    firstChat,
    enterCommunities,
    leaveCommunity,
    epoch: epoch(deps),
  };
}
