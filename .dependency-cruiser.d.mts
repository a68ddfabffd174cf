import type { IConfiguration, ICruiseOptions, IForbiddenRuleType } from 'dependency-cruiser';

declare const rules: IConfiguration & { forbidden: IForbiddenRuleType[]; options: ICruiseOptions };
export default rules;
export const KNOWN: readonly (readonly [from: string, to: string, reason: string])[];
