// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import type { Problem } from '../api/types';
import { report } from '../app/notices';
import { byteSize } from '../text/format';
import { t } from '../text/i18n';
import { visible } from '../text/visible';
import { CopyButton } from '../ui/copy_button';
import { Confirm } from '../ui/dialog';
import { Icon } from '../ui/icon';
import { Card } from '../ui/page';
import { Loading, Note, ProblemAlert } from '../ui/states';
import { Status, type Tone } from '../ui/status';
import { Table, type Column } from '../ui/table';
import { Ago } from '../ui/time';
import { cancelArchive, followImages, images, imagesProblem, loadImages, removeArchive, sendArchive, sending } from './images_state';
import { archiveName } from './images_view';
import type { ImageArchive, ImageOutcome, Images } from './system_api';

const tones: Record<ImageOutcome['outcome'], Tone> = { added: 'success', removed: 'success', refused: 'warning', failed: 'danger', cancelled: 'neutral' };

function Names({ archive: { images: names, problem } }: { archive: ImageArchive }) {
  if (problem !== '') return <Status tone="warning" word={visible(problem)} />;
  return (
    <ul class="plain image-names">
      {names.map((name) => <li key={name}><span class="mono breakable">{visible(name)}</span><CopyButton text={name} label={t('images.copy', { name })} /></li>)}
    </ul>
  );
}

function Archives({ now, ask }: { now: Images; ask: (archive: ImageArchive) => void }) {
  const columns: Column<ImageArchive>[] = [
    { key: 'images', head: t('images.names'), cell: (archive) => <Names archive={archive} /> },
    { key: 'archive', head: t('images.archive'), cell: ({ name, own }) => <span class="breakable">{own ? t('images.own') : visible(name)}</span> },
    { key: 'size', head: t('images.size'), cell: ({ bytes }) => byteSize(bytes) },
    {
      key: 'remove', head: t('images.remove'), class: 'cell-actions',
      cell: (archive) => archive.own ? t('none') : (
        <button type="button" class="btn btn-sm btn-danger-outline" disabled={now.work !== undefined} aria-label={t('action.of', { action: t('images.remove'), name: archive.name })}
          onClick={() => ask(archive)}>{t('images.remove')}</button>
      ),
    },
  ];
  return <Table label={t('images.title')} columns={columns} rows={now.archives} keyOf={({ name }) => name} />;
}

/// What is done with an archive at this moment.
function Work({ work, cancel }: { work: NonNullable<Images['work']>; cancel: () => void }) {
  const name = visible(work.name);
  if (work.state !== 'receiving') return <Loading what={t(`images.state.${work.state}`, { name })} />;
  const isOurs = sending.value?.name === work.name;
  const stand = { name, received: byteSize(work.receivedBytes), all: byteSize(work.bytes) };
  return (
    <div class="image-upload">
      <p>{t(isOurs ? 'images.state.receiving' : 'images.state.left', stand)}</p>
      <progress class="setup-progress" max={work.bytes} value={work.receivedBytes} aria-label={t('images.state.receiving', stand)} />
      <div class="form-actions">
        <button type="button" class="btn btn-outline" onClick={cancel}>{t('images.cancel')}</button>
      </div>
    </div>
  );
}

function Last({ last }: { last: ImageOutcome }) {
  return (
    <p class="system-last" role="status">
      <Status tone={tones[last.outcome]} word={t(`images.outcome.${last.outcome}`, { name: visible(last.name) })} />
      <span class="muted"><Ago at={last.time} /></span>
      {last.problem !== '' && <span class="breakable">{visible(last.problem)}</span>}
    </p>
  );
}

function Choose({ now, choose }: { now: Images; choose: (file: File) => void }) {
  const open = (input: HTMLInputElement) => {
    const file = input.files?.[0];
    // The same file can be chosen again.
    input.value = '';
    if (file) choose(file);
  };
  const isBusy = sending.value !== undefined || (now.work !== undefined && now.work.state !== 'receiving');
  return (
    <label class={`btn btn-primary file-button${isBusy ? ' disabled' : ''}`}><Icon name="plus" /> {t('images.choose')}
      <input type="file" class="visually-hidden" accept=".tar" disabled={isBusy} onChange={(event) => open(event.currentTarget)} />
    </label>
  );
}

function Bring({ now }: { now: Images }) {
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const choose = async (file: File) => {
    setProblem(undefined);
    setProblem(await sendArchive(file, archiveName(file.name)));
  };
  const cancel = async () => {
    const refused = await cancelArchive();
    if (refused) report(refused);
  };
  return (
    <Card title={t('images.bring')} icon="plus" aside={<span>{t('images.free', { size: byteSize(now.freeBytes) })}</span>}>
      <p class="muted">{t('images.bring.lead', { architecture: now.architecture })}</p>
      <p class="mono breakable">docker save --output tool.tar registry.example.com/team/tool:1.0</p>
      {problem && <ProblemAlert problem={problem} close={() => setProblem(undefined)} />}
      {!now.work && now.last && <Last last={now.last} />}
      {now.work && <Work work={now.work} cancel={() => { void cancel(); }} />}
      <div class="form-actions"><Choose now={now} choose={(file) => { void choose(file); }} /></div>
    </Card>
  );
}

export function ImagesTab() {
  const now = images.value;
  const failed = imagesProblem.value;
  const [asked, setAsked] = useState<ImageArchive | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    void loadImages();
    return followImages();
  }, []);
  const remove = async ({ name }: ImageArchive) => {
    setBusy(true);
    const refused = await removeArchive(name);
    setBusy(false);
    setAsked(undefined);
    if (refused) report(refused);
  };
  return (
    <>
      {failed && <ProblemAlert problem={failed} retry={() => { void loadImages(); }} />}
      {!now && !failed && <Loading />}
      {now && <Card title={t('images.title')} icon="layers"><p class="muted">{t('images.lead')}</p><Archives now={now} ask={setAsked} /></Card>}
      {now && now.archives.some(({ problem }) => problem !== '') && <Note tone="warning">{t('images.damaged')}</Note>}
      {now && <Bring now={now} />}
      {asked && (
        <Confirm title={t('images.remove.title', { name: visible(asked.name) })} action={t('images.remove')} danger busy={busy}
          confirm={() => { void remove(asked); }} close={() => setAsked(undefined)}><p>{t('images.remove.detail')}</p></Confirm>
      )}
    </>
  );
}
