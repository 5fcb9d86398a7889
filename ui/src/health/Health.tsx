import type { Live } from '../live/live';
import { StateMark } from '../state/StateMark';
import classes from './Health.module.css';

const NAMES: Record<string, string> = {
  postgres: 'PostgreSQL',
  kafka: 'Kafka',
  capture: 'Capture',
  flink: 'Flink',
  engine: 'Engine',
  controller: 'Controller',
  data_plane: 'Data plane',
};

/** One line with the state of every service and connection. */
export function Health({ live }: { live: Live }) {
  return (
    <ul className={classes.line} aria-label="Services and connections">
      {live.services.map((service) => (
        <li key={service.name} title={service.detail ?? undefined}>
          <span className={classes.name}>{NAMES[service.name] ?? service.name}</span>
          <StateMark state={service.state} />
        </li>
      ))}
      {live.connections.map((connection) => (
        <li key={`connection ${connection.name}`} title={connection.reason ?? undefined}>
          <span className={classes.name}>Connection {connection.name}</span>
          <StateMark state={connection.state} />
        </li>
      ))}
    </ul>
  );
}
