/** Name that stands for no chassis: the member of every group of ours that is never elected. */
export const keeperChassis = 'berth-keeper';
