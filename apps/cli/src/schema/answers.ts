import { adoptSchema } from './adopt.ts';
import { applySchema } from './apply.ts';
import { auditSchema } from './audit.ts';
import { bundleSchema } from './bundle.ts';
import { demoSchema } from './demo.ts';
import { drillSchema } from './drill.ts';
import { explanationSchema } from './explanation.ts';
import { labStatusSchema } from './lab-status.ts';
import { lintSchema } from './lint.ts';
import { planSchema } from './plan.ts';
import { probeSchema } from './probe.ts';
import { rebalanceSchema } from './rebalance.ts';
import { changeSchema, eventSchema } from './run-line.ts';
import { statusSchema } from './status.ts';
import { versionSchema } from './version.ts';
import { whatIfSchema } from './whatif.ts';

/** The schema of every kind of answer, and of every line that `run` tells, by its name. */
export const answerSchemas = {
  Adopt: adoptSchema,
  Apply: applySchema,
  Audit: auditSchema,
  Bundle: bundleSchema,
  Change: changeSchema,
  Demo: demoSchema,
  Drill: drillSchema,
  Event: eventSchema,
  Explanation: explanationSchema,
  LabStatus: labStatusSchema,
  Lint: lintSchema,
  Plan: planSchema,
  Probe: probeSchema,
  Rebalance: rebalanceSchema,
  Status: statusSchema,
  Version: versionSchema,
  WhatIf: whatIfSchema,
} as const;
