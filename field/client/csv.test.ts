import { expect, it } from 'vitest';
import { cutDown, firstColumn, records } from './csv.ts';

const LIST = 'name,label\r\n001,"School ""Vazov"", floor 1"\n002,"Two\nlines"\n"0,3",Comma\n004,Читалище';

it('splits at line ends outside quotes only', () => {
  expect(records(LIST)).toEqual(['name,label', '001,"School ""Vazov"", floor 1"', '002,"Two\nlines"', '"0,3",Comma', '004,Читалище']);
  expect(records(LIST).map(firstColumn)).toEqual(['name', '001', '002', '0,3', '004']);
});

it('keeps a short list and cuts a long one to what is needed', () => {
  expect(cutDown(LIST, ['002'], 4)).toEqual({ text: LIST, isCut: false });
  expect(cutDown(LIST, ['002', '0,3', 'unknown'], 3)).toEqual({ text: 'name,label\n002,"Two\nlines"\n"0,3",Comma\n', isCut: true });
});
