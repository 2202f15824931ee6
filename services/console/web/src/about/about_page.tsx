// SPDX-License-Identifier: Apache-2.0
import { api, outcome } from '../api/client';
import type { About } from '../api/types';
import { useResource } from '../app/resource';
import { t } from '../text/i18n';
import { visible } from '../text/visible';
import { Card, PageHead } from '../ui/page';
import { Empty, Loading, Note, ProblemAlert } from '../ui/states';
import { PartTable } from './part_table';

function Installation({ about }: { about: About }) {
  return (
    <Card title={t('about.installation')} icon="info">
      <dl class="definition">
        <div><dt>{t('product')}</dt><dd>{t('about.version', { version: about.version })}</dd></div>
        <div><dt>{t('about.runsAs')}</dt><dd>{t(`about.runsAs.${about.installation}`)}</dd></div>
        {about.platform.map(({ name, version }) => <div key={name}><dt>{visible(name)}</dt><dd>{visible(version)}</dd></div>)}
        <div><dt>{t('about.licence')}</dt><dd>{t('about.licence.own')}</dd></div>
      </dl>
      {about.platformProblem !== '' && <Note tone="warning">{t('about.platformProblem')} {visible(about.platformProblem)}</Note>}
    </Card>
  );
}

function Downloads() {
  return (
    <>
      <a class="btn btn-sm" href="/api/v1/about/bill-of-materials" download>{t('about.download.bill')}</a>
      <a class="btn btn-sm" href="/api/v1/about/licences" download>{t('about.download.licences')}</a>
    </>
  );
}

function Parts({ parts }: { parts: About['parts'] }) {
  if (parts === null) return <Card title={t('about.parts')} icon="layers"><Empty icon="layers" title={t('about.noBill')}><p class="muted">{t('about.noBill.detail')}</p></Empty></Card>;
  return (
    <Card title={t('about.parts')} icon="layers" aside={<Downloads />}>
      <p class="muted">{t('about.parts.lead')}</p>
      <PartTable parts={parts} />
    </Card>
  );
}

export function AboutPage() {
  const { data, problem, reload } = useResource('about', () => outcome(api.GET('/about')));
  return (
    <>
      <PageHead title={t('about.title')} lead={t('about.lead')} />
      {problem && <ProblemAlert problem={problem} retry={() => { void reload(); }} />}
      {!data && !problem && <Loading />}
      {data && <><Installation about={data} /><Parts parts={data.parts} /></>}
    </>
  );
}
