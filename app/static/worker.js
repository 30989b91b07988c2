/* Anju 安居: the worker that stands between pages and line. It keeps the shell named in SHELL (which the hall
   puts before this file): styles, scripts, the icon font, one page for when there is no line. No page of a
   person is ever kept: every page comes from the hall or not at all. */
'use strict';

self.addEventListener('install', (event) => {
  /* without cookies: what is kept is what a stranger is shown */
  const asked = [...SHELL.files, SHELL.offline].map((address) => new Request(address, { credentials: 'omit' }));
  event.waitUntil(caches.open(SHELL.name).then((kept) => kept.addAll(asked)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  const forget = (names) => Promise.all(names.filter((name) => name !== SHELL.name).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(forget).then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const asked = event.request, address = new URL(asked.url);
  if (asked.mode === 'navigate') {
    event.respondWith(fetch(asked).catch(() => caches.match(SHELL.offline)));
  } else if (asked.method === 'GET' && address.origin === location.origin && SHELL.files.includes(address.pathname)) {
    event.respondWith(caches.match(address.pathname).then((kept) => kept || fetch(asked)));
  }
});
