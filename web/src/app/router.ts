import { createRouter, createWebHistory, type RouteLocationRaw, START_LOCATION } from 'vue-router';
import { isSignedIn } from '../wire/session.ts';
import { followPlaces, keepScroll } from './scroll.ts';

declare module 'vue-router' {
  interface RouteMeta {
    /** Only for the signed-in: others are asked to sign in first, and come back after. */
    mine?: boolean;
    /** Stands alone, without the frame of rail and side bar. */
    bare?: boolean;
    /** One goes in and comes back: on a phone it has the whole screen, without the bottom bar. */
    deep?: boolean;
  }
}

/** The address of everything that is on a screen. Pages come when they are first wanted. */
export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: keepScroll,
  routes: [
    { path: '/', name: 'home', component: () => import('../home/HomePage.vue') },
    { path: '/sign-in', name: 'sign-in', component: () => import('../account/SignInPage.vue'), meta: { bare: true } },
    { path: '/sign-up', name: 'sign-up', component: () => import('../account/SignUpPage.vue'), meta: { bare: true } },
    { path: '/forgot', name: 'forgot', component: () => import('../account/ForgotPage.vue'), meta: { bare: true } },
    { path: '/first-admin', name: 'first-admin', component: () => import('../account/FirstAdminPage.vue'), meta: { bare: true } },
    { path: '/welcome', name: 'welcome', component: () => import('../account/WelcomePage.vue'), meta: { bare: true, mine: true } },
    { path: '/communities', name: 'communities', component: () => import('../communities/DirectoryPage.vue') },
    {
      path: '/communities/new',
      name: 'new-community',
      component: () => import('../communities/NewCommunityPage.vue'),
      meta: { mine: true },
    },
    {
      path: '/c/:slug',
      component: () => import('../communities/CommunityPage.vue'),
      props: true,
      children: [
        { path: '', name: 'community', component: () => import('../discussions/DiscussionsPage.vue') },
        { path: 'members', name: 'members', component: () => import('../communities/MembersPage.vue') },
        { path: 'about', name: 'about', component: () => import('../communities/AboutPage.vue') },
        { path: 'settings', name: 'community-settings', component: () => import('../communities/SettingsPage.vue'), meta: { mine: true } },
        { path: 'moderation', name: 'moderation', component: () => import('../moderation/ModerationPage.vue'), meta: { mine: true } },
      ],
    },
    {
      path: '/c/:slug/new',
      name: 'new-discussion',
      component: () => import('../discussions/NewDiscussionPage.vue'),
      props: true,
      meta: { mine: true, deep: true },
    },
    {
      path: '/c/:slug/d/:channel(\\d+)/:number(\\d+)?',
      name: 'discussion',
      component: () => import('../discussions/DiscussionPage.vue'),
      props: true,
      meta: { deep: true },
    },
    {
      path: '/c/:slug/chat/:channel(\\d+)/:number(\\d+)?',
      name: 'chat',
      component: () => import('../conversation/ChatPage.vue'),
      props: true,
      meta: { mine: true, deep: true },
    },
    { path: '/messages', name: 'messages', component: () => import('../people/MessagesPage.vue'), meta: { mine: true } },
    {
      path: '/messages/new',
      name: 'new-message',
      component: () => import('../people/NewMessagePage.vue'),
      meta: { mine: true, deep: true },
    },
    {
      path: '/messages/:channel(\\d+)/:number(\\d+)?',
      name: 'message',
      component: () => import('../conversation/ChatPage.vue'),
      props: true,
      meta: { mine: true, deep: true },
    },
    { path: '/p/:handle', name: 'person', component: () => import('../people/PersonPage.vue'), props: true, meta: { mine: true } },
    { path: '/bookmarks', name: 'bookmarks', component: () => import('../home/BookmarksPage.vue'), meta: { mine: true } },
    { path: '/you', name: 'you', component: () => import('../account/ProfilePage.vue'), meta: { mine: true } },
    { path: '/you/devices', name: 'devices', component: () => import('../account/DevicesPage.vue'), meta: { mine: true } },
    { path: '/you/password', name: 'password', component: () => import('../account/PasswordPage.vue'), meta: { mine: true } },
    { path: '/you/appearance', name: 'appearance', component: () => import('../account/AppearancePage.vue') },
    { path: '/go/:channel(\\d+)/:number(\\d+)?', name: 'go', component: () => import('../conversation/GoPage.vue'), props: true },
    { path: '/:rest(.*)*', name: 'nowhere', component: () => import('./NowherePage.vue') },
  ],
});

router.beforeEach((to): RouteLocationRaw | true => {
  if (to.meta.mine === true && !isSignedIn()) return { name: 'sign-in', query: { to: to.fullPath } };
  return true;
});

// What the server's rendering says in the head is about the page that was opened first, and about no other.
router.afterEach((to, from) => {
  if (from === START_LOCATION || to.path === from.path) return;
  for (const element of document.head.querySelectorAll('[data-rendered]')) element.remove();
});

followPlaces(router);
