// SPDX-License-Identifier: Apache-2.0
import { useEffect } from 'preact/hooks';
import type { Problem, Session } from '../api/types';
import { go, path } from '../app/router';
import { t } from '../text/i18n';
import { Icon } from '../ui/icon';
import { SignInForm } from './sign_in_form';

function leaveLogin(): void {
  if (path.peek() === '/login') go('/', { replace: true });
}

/// The whole-page sign-in; `problem` is what came of a link's one-time code.
export function LoginPage({ session, problem }: { session: Session; problem: Problem | undefined }) {
  useEffect(() => { document.title = `${t('signIn')} · ${t('product')}`; }, []);
  return (
    <div class="login">
      <main class="login-form">
        <div class="login-brand"><Icon name="millrace" size={44} /><div><h1>{t('product')}</h1><p>{t('tagline')}</p></div></div>
        <h2>{t('signIn')}</h2>
        <SignInForm mode={session.mode} done={leaveLogin} first={problem} />
        <p class="login-foot">{t('login.version', { version: session.version })}{session.hostname ? ` · ${session.hostname}` : ''}</p>
      </main>
      <div class="login-art" aria-hidden="true" />
    </div>
  );
}
