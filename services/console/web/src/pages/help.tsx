// SPDX-License-Identifier: Apache-2.0
import { simulated } from '../app/session';
import { pages } from '../app/shortcuts';
import { t, type Key } from '../text/i18n';
import { Card, PageHead } from '../ui/page';

const questions = ['notRun', 'missing', 'test', 'cloud', 'link', 'files'] as const;
const keys: readonly [keys: readonly string[], text: Key][] = [
  [['?'], 'help.key.help'], [['/'], 'help.key.search'], [['Ctrl', 'S'], 'help.key.save'], [['Esc'], 'help.key.escape'],
];

function Keys({ names }: { names: readonly string[] }) {
  return <>{names.map((name, i) => <span key={name}>{i > 0 && ' '}<kbd>{name}</kbd></span>)}</>;
}

export function HelpPage() {
  const shown = pages.filter(([, href]) => href !== '/datacentre' || simulated.value);
  return (
    <>
      <PageHead title={t('help.title')} lead={t('help.lead')} />
      <div class="columns">
        <div class="column-wide">
          <Card title={t('help.questions')} icon="idea">
            <dl class="answers">
              {questions.map((id) => <div key={id}><dt>{t(`help.${id}`)}</dt><dd>{t(`help.${id}.answer`)}</dd></div>)}
            </dl>
          </Card>
        </div>
        <div class="column">
          <Card title={t('help.keys')} icon="list">
            <dl class="keys">
              {keys.map(([names, text]) => <div key={text}><dt><Keys names={names} /></dt><dd>{t(text)}</dd></div>)}
              {shown.map(([key, , label]) => <div key={key}><dt><Keys names={['g', key]} /></dt><dd>{t(label)}</dd></div>)}
            </dl>
          </Card>
          <Card title={t('help.more')} icon="recipe">
            <ul class="plain divided">
              <li>{t('help.readme')} <code>README.md</code></li>
              <li>{t('help.about')} <a class="text-link" href="/about">{t('about.title')}</a></li>
              <li>{t('help.api')} <a class="text-link" href="/api/v1/openapi.json" target="_blank" rel="noreferrer">/api/v1/openapi.json</a></li>
            </ul>
          </Card>
        </div>
      </div>
    </>
  );
}
