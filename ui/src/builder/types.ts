import type { components } from '../api/schema';

type Schemas = components['schemas'];

export type Descriptor = Schemas['ProcessorDescriptor'];
export type ConfigSchema = Schemas['ConfigSchema'];
export type Check = Schemas['PipelineCheck'];
export type CheckedStep = Check['steps'][number];
export type Column = Schemas['StepColumn'];
export type Preview = Schemas['Preview'];
export type PreviewStep = Schemas['PreviewStep'];
export type PreviewRow = Schemas['PreviewRow'];
export type Problem = Schemas['Problem'];
export type PipelineDocument = Schemas['PipelineDocument'];
export type Graph = Schemas['Graph'];
export type Outline = Schemas['QueryOutline'];
