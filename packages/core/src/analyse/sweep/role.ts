/** How a chassis stands to the chassis of a shape. Equal texts are one object, which is told apart faster than text. */
export type Role = { readonly text: string };

/** Tells the role of a chassis by its place among the nodes of the sweep. */
export type RoleOf = (home: number) => Role;

/** Works out the role of each chassis once. */
export function rolesBy(textOf: (home: number) => string): RoleOf {
  const byHome: Role[] = [];
  const byText = new Map<string, Role>();
  return (home) => {
    const known = byHome[home];
    if (known !== undefined) return known;
    const text = textOf(home);
    const role = byText.get(text) ?? { text };
    byText.set(text, role);
    byHome[home] = role;
    return role;
  };
}
