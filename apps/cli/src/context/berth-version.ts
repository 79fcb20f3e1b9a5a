import manifest from '../../package.json' with { type: 'json' };

/** The version of this command, from its package. */
export const berthVersion: string = manifest.version;
