// SPDX-License-Identifier: Apache-2.0
import { effect, signal } from '@preact/signals';
import { signedOut } from '../api/client';
import type { Problem } from '../api/types';
import { LoginPage } from '../pages/login';
import { SignInForm } from '../pages/sign_in_form';
import { runStream } from '../stream/stream';
import { startSystem } from '../system/system_state';
import { t } from '../text/i18n';
import { Confirm, Dialog } from '../ui/dialog';
import { Loading, ProblemAlert } from '../ui/states';
import { startClock } from './clock';
import { go, heldBack, startRouter } from './router';
import { Routes } from './routes';
import { loadSession, session, sessionProblem, signedIn, signIn } from './session';
import { Shell } from './shell';
import { startShortcuts } from './shortcuts';
import { startTheme } from './theme';

const codeProblem = signal<Problem | undefined>(undefined);

/// A login link carries its code in the fragment, which no server log sees; it is used at once and
/// taken out of the address.
async function begin(): Promise<void> {
  const code = new URLSearchParams(location.hash.slice(1)).get('code');
  if (location.pathname === '/login' && code !== null) {
    history.replaceState(history.state, '', '/login');
    codeProblem.value = await signIn({ code });
    if (!codeProblem.value) {
      go('/', { replace: true });
      return;
    }
  }
  await loadSession();
  if (signedIn.value && location.pathname === '/login') go('/', { replace: true });
}

export function start(): void {
  startTheme();
  startClock();
  startRouter();
  startShortcuts();
  effect(() => runStream(signedIn.value && signedOut.value === 'no'));
  startSystem();
  void begin();
}

/// Signing in again in place: what was typed on the page behind stays.
function SignedOutDialog() {
  const mode = session.value?.mode ?? 'loopback';
  return (
    <Dialog title={t('signedOut.title')}>
      <p class="muted">{t('signedOut.detail')}</p>
      <SignInForm mode={mode} done={() => { signedOut.value = 'no'; }} />
    </Dialog>
  );
}

function LeaveDialog() {
  const target = heldBack.value;
  if (target === undefined) return null;
  const leave = () => {
    heldBack.value = undefined;
    go(target, { force: true });
  };
  return (
    <Confirm title={t('leave.title')} action={t('leave.action')} danger confirm={leave} close={() => { heldBack.value = undefined; }}>
      <p>{t('leave.detail')}</p>
    </Confirm>
  );
}

export function App() {
  const current = session.value;
  if (!current) {
    const problem = sessionProblem.value;
    return (
      <main class="boot">
        {problem ? <ProblemAlert problem={problem} retry={() => { void loadSession(); }} /> : <Loading />}
      </main>
    );
  }
  if (!current.authenticated) return <LoginPage session={current} problem={codeProblem.value} />;
  return (
    <>
      <Shell><Routes /></Shell>
      {signedOut.value !== 'no' && <SignedOutDialog />}
      <LeaveDialog />
    </>
  );
}
