// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api, outcome } from '../api/client';
import type { RecipeSummary } from '../api/types';
import { useResource } from '../app/resource';
import { go, search } from '../app/router';
import { t } from '../text/i18n';
import { visible } from '../text/visible';
import { Icon } from '../ui/icon';
import { PageHead } from '../ui/page';
import { Loading, ProblemAlert } from '../ui/states';
import { CreateForm } from './create_form';
import { DeployProgress } from './deploy_progress';
import { typesInWords } from './functions_page';
import { iconOf } from './recipe_icon';

const crumbs = [{ label: t('nav.functions'), href: '/functions' }];

function RecipeCard({ recipe, choose }: { recipe: RecipeSummary; choose: () => void }) {
  return (
    <li>
      <button type="button" class="recipe" onClick={choose}>
        <span class="recipe-icon"><Icon name={iconOf(recipe)} size={26} /></span>
        <span class="recipe-title">{visible(recipe.title)}</span>
        <span class="recipe-text">{visible(recipe.summary)}</span>
        {recipe.remedy !== '' && <span class="recipe-remedy">{visible(recipe.remedy)}</span>}
        <span class="recipe-foot"><span class="tag">{t(`runtime.${recipe.runtime}`)}</span> {typesInWords(recipe.eventTypes)}</span>
      </button>
    </li>
  );
}

function Gallery({ type }: { type: string }) {
  const { data, problem, reload } = useResource('recipes', () => outcome(api.GET('/recipes')));
  const choose = (id: string) => {
    const parameters = new URLSearchParams({ recipe: id, ...(type === '' ? {} : { type }) });
    go(`/functions/new?${parameters.toString()}`);
  };
  return (
    <>
      <PageHead title={t('create.title')} crumbs={crumbs} lead={t('create.gallery.lead')} />
      {problem && <ProblemAlert problem={problem} retry={() => { void reload(); }} />}
      {!data && !problem && <Loading />}
      <ul class="recipes">
        {data?.items.map((recipe) => <RecipeCard key={recipe.id} recipe={recipe} choose={() => choose(recipe.id)} />)}
      </ul>
    </>
  );
}

function FromRecipe({ id, type }: { id: string; type: string }) {
  const recipe = useResource(`recipe ${id}`, () => outcome(api.GET('/recipes/{id}', { params: { path: { id } } })));
  const types = useResource('types', () => outcome(api.GET('/event-types')));
  const functions = useResource('functions', () => outcome(api.GET('/functions')));
  const [created, setCreated] = useState('');
  if (created !== '') return <DeployProgress name={created} />;
  // Without the list of functions only the proposed name may turn out to be taken.
  if (recipe.data && (functions.data || functions.problem)) {
    const taken = functions.data?.items.map(({ name }) => name) ?? [];
    return <CreateForm recipe={recipe.data} type={type} taken={taken} seen={types.data?.items ?? []} done={setCreated} />;
  }
  return (
    <>
      <PageHead title={t('create.title')} crumbs={crumbs} />
      {recipe.problem ? <ProblemAlert problem={recipe.problem} retry={() => { void recipe.reload(); }} /> : <Loading />}
    </>
  );
}

/// The address says which recipe and for which event type, so "Create function for this event" is a link.
export function CreatePage() {
  const parameters = new URLSearchParams(search.value);
  const recipe = parameters.get('recipe') ?? '';
  const type = parameters.get('type') ?? '';
  return recipe === '' ? <Gallery type={type} /> : <FromRecipe key={recipe} id={recipe} type={type} />;
}
