export function checkPassword(_password: string, _person: { email: string; name?: string }): void {}
