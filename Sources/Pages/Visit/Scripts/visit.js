// A visit's page while somebody fills it in: each answer is kept as soon as it is given, so that a
// closed tab loses nothing, and a card can be read with the camera. Everything works without it.
'use strict';
(() => {
  const form = document.querySelector('main form[action^="/visit/"]');
  const words = document.getElementById('kept');
  if (!form || !words) return;

  // MARK: Keeping

  /** What the page would send with one of its buttons. */
  const fields = (name, value) => {
    const body = new URLSearchParams();
    for (const [field, text] of new FormData(form)) if (field !== 'card') body.append(field, text);
    body.append(name, value);
    return body;
  };

  /** What must not be overlooked at the foot of a long page. */
  const troubles = ['lost', 'signedOut', 'locked', 'gone', 'failed'];

  const say = (word) => {
    words.textContent = words.dataset[word];
    words.classList.toggle('stuck', troubles.includes(word));
  };

  /** A way out of a session that is over: the node keeps the page, asks, and comes back with it. */
  const offer = (word) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.id = 'way';
    button.className = 'main';
    button.textContent = words.dataset[word];
    button.addEventListener('click', () => {
      const field = document.createElement('input');
      field.type = 'hidden';
      field.name = 'do';
      field.value = 'keep';
      form.append(field);
      form.submit();
    });
    words.append(button);
  };

  /** Says what is the case where another page came than the visit's own. */
  const tell = (reply, page) => {
    if (new URL(reply.url).pathname === '/sign-in') {
      say('signedOut');
      offer('signIn');
      // Whoever is blocked is led away, and the phone wipes what it holds.
      globalThis.DoorstepPhone?.refresh({});
    } else if (page.querySelector('[name="unlock-pin"]')) {
      say('locked');
      offer('unlock');
    } else if (reply.ok) {
      say('gone');
    } else {
      say('failed');
      // In the node's own words, which are in the reader's language.
      const parts = [...page.querySelectorAll('main h1, main p')].map((one) => one.textContent.trim());
      if (parts.length > 0) words.textContent = parts.join('. ').replace(/([.?!])\./g, '$1');
    }
  };

  let queue = Promise.resolve();
  /** How many times the page was sent: only the answer to the last one may be shown. */
  let latest = 0;

  /** Sends the page as it stands; its answer is shown where nobody types. */
  const send = (name, value, isRenewed = false) => {
    const number = ++latest;
    const body = fields(name, value);
    const later = () => {
      if (number === latest || name === 'section') setTimeout(() => send(name, value), 5000);
    };
    queue = queue.then(async () => {
      let reply = null;
      let page = null;
      try {
        reply = await fetch(form.action, { method: 'POST', body });
        page = new DOMParser().parseFromString(await reply.text(), 'text/html');
      } catch {
        // Off the Wi-Fi: it stays on the page, and goes with the next button.
        say('lost');
        later();
        return;
      }
      const fresh = page.querySelector('main form[action^="/visit/"]');
      const isSame = fresh?.getAttribute('action') === form.getAttribute('action');
      if (isSame && fresh.querySelector('#questions')) {
        if (number === latest) show(fresh);
        say(reply.ok ? 'kept' : 'refused');
      } else if (isSame && !fresh.elements['unlock-pin'] && !isRenewed) {
        // Signed in again beside this page: it goes on in the new session.
        for (const secret of ['form-token', 'form-owner']) {
          form.elements[secret].value = fresh.elements[secret].value;
        }
        send(name, value, true);
      } else {
        tell(reply, page);
        if (reply.status >= 500 || reply.status === 429) later();
      }
    });
  };

  form.addEventListener('change', (event) => {
    if (!event.target.name?.startsWith('q.')) return;
    // What is to come knows of this answer.
    waiting.clear();
    send('do', 'keep');
  });

  // Typed and not left yet, when the phone is locked or the tab is closed.
  document.addEventListener('visibilitychange', () => {
    const typed = document.activeElement;
    if (document.visibilityState !== 'hidden' || !typed?.name?.startsWith('q.')) return;
    fetch(form.action, { method: 'POST', body: fields('do', 'keep'), keepalive: true });
  });

  // Có, Chưa, Không biết answer where they stand, without a page's way round.
  form.addEventListener('submit', (event) => {
    const button = event.submitter;
    if (button?.name !== 'section') return;
    event.preventDefault();
    send(button.name, button.value);
  });

  // MARK: Showing

  /** Whether somebody types there: no node under his fingers is touched. */
  const isTyped = (node) => {
    const active = document.activeElement;
    return node.contains(active) && active.matches('input:not([type=radio],[type=checkbox]),textarea,select');
  };

  /** Parts that somebody types in, with what they will be once he leaves them. */
  const waiting = new Map();

  const merge = (old, fresh) => {
    if (old.isEqualNode(fresh)) return;
    if (isTyped(old)) waiting.set(old, fresh); else replace(old, fresh);
  };

  form.addEventListener('focusout', () => setTimeout(() => {
    for (const [old, fresh] of waiting) {
      if (isTyped(old)) continue;
      waiting.delete(old);
      if (old.isConnected) replace(old, fresh);
    }
  }));

  const replace = (old, fresh) => {
    const open = [...old.querySelectorAll('details')].map((part) => part.open);
    const parts = [...fresh.querySelectorAll('details')];
    if (open.length === parts.length) parts.forEach((part, index) => { part.open ||= open[index]; });
    if (old.open) fresh.open = true;
    const active = old.contains(document.activeElement) ? document.activeElement : null;
    old.replaceWith(fresh);
    if (!active) return;
    const same = [...fresh.querySelectorAll('button,input')]
      .find((part) => part.name === active.name && part.value === active.value);
    same?.focus({ preventScroll: true });
  };

  const show = (fresh) => {
    form.elements.seen.value = fresh.elements.seen.value;
    for (const part of ['.steps', '#problems', '.do']) {
      const [old, now] = [form.querySelector(part), fresh.querySelector(part)];
      if (old && now) merge(old, now);
    }
    const [old, now] = [form.querySelector('#questions'), fresh.querySelector('#questions')];
    // Group by group, so that one under somebody's fingers leaves the others free.
    const groups = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
    let last = null;
    for (const child of [...now.children]) {
      const known = child.id ? groups.get(child.id) : null;
      groups.delete(child.id);
      if (known) {
        merge(known, child);
        last = document.getElementById(child.id);
      } else if (child.id) {
        if (last) last.after(child); else old.prepend(child);
        last = child;
      }
    }
    for (const gone of groups.values()) if (!isTyped(gone)) gone.remove();
    position();
  };

  // MARK: The card

  const card = document.getElementById('card');

  const camera = async () => {
    if (!card || !window.BarcodeDetector || !navigator.mediaDevices) return;
    if (!(await BarcodeDetector.getSupportedFormats()).includes('qr_code')) return;
    const detector = new BarcodeDetector({ formats: ['qr_code'] });
    const button = document.createElement('button');
    const video = document.createElement('video');
    button.type = 'button';
    button.textContent = words.dataset.camera;
    video.playsInline = true;
    video.muted = true;
    video.hidden = true;
    card.closest('.field').before(button, video);
    let stream = null;

    const stop = () => {
      stream?.getTracks().forEach((track) => track.stop());
      stream = null;
      video.hidden = true;
      button.textContent = words.dataset.camera;
    };

    const look = async () => {
      if (!stream) return;
      const [code] = await detector.detect(video).catch(() => []);
      if (!code) { setTimeout(look, 200); return; }
      stop();
      card.value = code.rawValue;
      form.requestSubmit(form.querySelector('.scan button[name=do]'));
    };

    button.addEventListener('click', async () => {
      if (stream) { stop(); return; }
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
      } catch {
        say('dark');
        return;
      }
      video.srcObject = stream;
      video.hidden = false;
      button.textContent = words.dataset.stop;
      await video.play();
      look();
    });
    addEventListener('pagehide', stop);
  };

  // MARK: The house

  /** Only where the commune collects it, and by a tap. */
  const position = () => {
    const [latitude, longitude] = ['latitude', 'longitude']
      .map((name) => form.querySelector(`input[name^="q."][name$=".${name}"]`));
    if (!latitude || !longitude || !navigator.geolocation) return;
    if (form.querySelector('.where')) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'where';
    button.textContent = words.dataset.position;
    latitude.closest('.field').before(button);
    button.addEventListener('click', () => {
      navigator.geolocation.getCurrentPosition(({ coords }) => {
        latitude.value = coords.latitude.toFixed(6);
        longitude.value = coords.longitude.toFixed(6);
        send('do', 'keep');
      }, () => say('nowhere'), { enableHighAccuracy: true, timeout: 20000 });
    });
  };

  camera();
  position();
})();
