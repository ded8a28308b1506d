import { hashPassword, passwordFits } from './passwords';

describe('a password', () => {
  it('fits its own hash, and no other password does', async () => {
    const hash = await hashPassword('kata sandi panjang');
    expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(await passwordFits('kata sandi panjang', hash)).toBe(true);
    expect(await passwordFits('kata sandi panjanG', hash)).toBe(false);
    expect(await passwordFits('', hash)).toBe(false);
  });

  it('is hashed another way each time', async () => {
    expect(await hashPassword('sama')).not.toBe(await hashPassword('sama'));
  });

  it('is the same in whatever form its letters are typed', async () => {
    expect(await passwordFits('cafe\u0301', await hashPassword('caf\u00e9'))).toBe(true);
  });

  it.each([[undefined], [''], ['plain'], ['$argon2id$v=19$x'], ['$scrypt$ln=15,r=8,p=1$$']])(
    'fits nothing that is no hash: %p',
    async (hash) => {
      expect(await passwordFits('x', hash)).toBe(false);
    },
  );

  it('takes as long where there is no hash', async () => {
    const hash = await hashPassword('x');
    const time = async (phc: string | undefined): Promise<number> => {
      const began = process.cpuUsage();
      await passwordFits('salah', phc);
      const { user, system } = process.cpuUsage(began);
      return user + system;
    };
    await time(hash);
    const [known, unknown] = [await time(hash), await time(undefined)];
    // The work is the same; a machine under load measures it roughly.
    expect(unknown).toBeGreaterThan(known / 3);
    expect(unknown).toBeLessThan(known * 3);
  });
});
