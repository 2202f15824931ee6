// SPDX-License-Identifier: Apache-2.0
import { api, background, outcome } from '../api/client';
import type { DeploymentStep, FunctionDetail } from '../api/types';
import { useResource } from '../app/resource';
import { functionsSeen } from '../stream/stream';
import { t } from '../text/i18n';
import { visible } from '../text/visible';
import { Icon } from '../ui/icon';
import { Card, PageHead } from '../ui/page';
import { Loading, Note, ProblemAlert } from '../ui/states';

const icons: Record<DeploymentStep['state'], string> = { pending: 'clock', active: 'progress', done: 'success-solid', failed: 'danger-solid' };

export function DeploySteps({ steps }: { steps: readonly DeploymentStep[] }) {
  return (
    <ol class="deploy" aria-label={t('deploy.steps')}>
      {steps.map((step) => (
        <li key={step.id} class={`deploy-step deploy-${step.state}`}>
          <Icon name={icons[step.state]} size={20} label={t(`deploy.state.${step.state}`)} />
          <div><p class="deploy-title">{t(`deploy.${step.id}`)}</p>{step.detail !== '' && <p class="muted">{visible(step.detail)}</p>}</div>
        </li>
      ))}
    </ol>
  );
}

/// What happens after "Deploy", step by step, until the function is ready or the cause is known.
export function DeployProgress({ name }: { name: string }) {
  const load = () => outcome(api.GET('/functions/{name}', { params: { path: { name }, ...background } }));
  const { data: read, problem } = useResource(`deploy ${name}`, load);
  const data: FunctionDetail | undefined = functionsSeen.value.get(name) ?? read;
  const state = data?.deployment.state;
  return (
    <>
      <PageHead title={t('deploy.title', { name })} crumbs={[{ label: t('nav.functions'), href: '/functions' }]} />
      {problem && <ProblemAlert problem={problem} />}
      {!data && !problem && <Loading />}
      {data && (
        <Card title={t('deploy.steps')} icon="layers">
          <DeploySteps steps={data.deployment.steps} />
          {state === 'done' && (
            <Note tone="success" actions={(
              <>
                <a class="btn btn-primary btn-sm" href={`/functions/${name}/logs`}>{t('deploy.logs')}</a>
                <a class="btn btn-outline btn-sm" href={`/functions/${name}/code`}>{t('deploy.code')}</a>
              </>
            )}>{t('deploy.done')}</Note>
          )}
          {state === 'failed' && (
            <Note tone="warning" actions={<a class="btn btn-sm" href={`/functions/${name}`}>{t('deploy.open')}</a>}>{t('deploy.failed')}</Note>
          )}
        </Card>
      )}
    </>
  );
}
