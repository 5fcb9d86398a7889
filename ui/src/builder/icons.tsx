import {
  IconArrowMerge,
  IconBox,
  IconColumns3,
  IconDatabase,
  IconFilter,
  IconForms,
  IconRefreshDot,
  IconSchema,
  IconTable,
  type Icon,
} from '@tabler/icons-react';
import type { Role } from './document';
import type { Descriptor } from './types';

const BY_NAME: Record<string, Icon> = {
  columns: IconColumns3,
  filter: IconFilter,
  graph: IconSchema,
  merge: IconArrowMerge,
  refresh: IconRefreshDot,
  rename: IconForms,
  table: IconTable,
};

/** The picture of a kind of step. */
export function iconOf(role: Role, descriptor: Descriptor | undefined): Icon {
  if (role === 'source') return IconDatabase;
  return BY_NAME[descriptor?.icon ?? ''] ?? IconBox;
}
