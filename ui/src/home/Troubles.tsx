import { Link } from 'react-router';
import type { Answer } from '../api/api';
import { count } from '../format/format';
import { guideOf } from '../incidents/guide';
import { incidentPath } from '../incidents/incident';
import { SeverityMark } from '../incidents/SeverityMark';
import { Age } from '../parts/Age';
import { Section } from '../parts/Page';
import classes from './Troubles.module.css';

/** What needs a person, one's own first. Nothing is shown while nothing does. */
export function Troubles({ needs }: { needs: Answer<'/api/v1/home'>['needs_you'] }) {
  if (needs.total === 0) return null;
  return (
    <Section
      title="Needs you"
      note={
        <Link to="/incidents">
          {needs.items.length < needs.total ? `${needs.items.length} of ${count(needs.total)}` : `all ${count(needs.total)}`}
          {needs.mine > 0 && needs.mine < needs.total && `, ${count(needs.mine)} of your teams`}
        </Link>
      }
    >
      <ul className={classes.list}>
        {needs.items.map((each) => (
          <li key={each.id} className={classes.row} data-severity={each.severity} data-state={each.state}>
            <SeverityMark severity={each.severity} state={each.state} />
            <div className={classes.what}>
              <Link to={incidentPath(each.id)} className={classes.title}>
                {guideOf(each.kind).title}: {each.subject}
              </Link>
              <p className={classes.reason}>{firstSentences(each.reason)}</p>
            </div>
            <span className={classes.facts}>
              {each.owner || 'no owner'} · <Age of={each.since} suffix="" />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** The reason without what its own page says better. */
function firstSentences(reason: string): string {
  const text = reason.replace(/ Choices for '.*$/s, '');
  return text.length > 220 ? `${text.slice(0, 220)}…` : text;
}
