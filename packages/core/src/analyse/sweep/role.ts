/** How a chassis stands to the chassis of a shape. Equal texts are one object, which is told apart faster than text. */
export type Role = { readonly text: string };

/** Tells the role of a chassis by its place among the nodes of the sweep. */
export type RoleOf = (home: number) => Role;

/** What a role is made of: few texts, each with a few numbers. */
export type RoleParts = { readonly text: string; readonly number: number };

/** Works out the role of each chassis once. */
export function rolesBy(partsOf: (home: number) => RoleParts): RoleOf {
  const byHome: Role[] = [];
  const byText = new Map<string, Map<number, Role>>();
  return (home) => {
    const known = byHome[home];
    if (known !== undefined) return known;
    const { text, number } = partsOf(home);
    let byNumber = byText.get(text);
    if (byNumber === undefined) {
      byNumber = new Map();
      byText.set(text, byNumber);
    }
    const role = byNumber.get(number) ?? { text: `${text} ${number}` };
    byNumber.set(number, role);
    byHome[home] = role;
    return role;
  };
}
