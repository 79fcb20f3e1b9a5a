import { applySchema } from './apply.ts';
import { demoSchema } from './demo.ts';
import { labStatusSchema } from './lab-status.ts';
import { lintSchema } from './lint.ts';
import { planSchema } from './plan.ts';
import { probeSchema } from './probe.ts';
import { statusSchema } from './status.ts';
import { versionSchema } from './version.ts';

/** The schema of every kind of answer, by its name. */
export const answerSchemas = {
  Apply: applySchema,
  Demo: demoSchema,
  LabStatus: labStatusSchema,
  Lint: lintSchema,
  Plan: planSchema,
  Probe: probeSchema,
  Status: statusSchema,
  Version: versionSchema,
} as const;
