import { expect, test } from 'vitest'
import { nodeSql } from '../../src/testing/node-sql.ts'

test('several statements in one text all run, and the last returns its rows', () => {
  const sql = nodeSql()
  sql.all(`CREATE TABLE é (x); INSERT INTO é VALUES ('1:2;3?4') -- a comment; with ?1
    ;`)
  expect(sql.all(`UPDATE é SET x = x || '!'; SELECT x, ?1 AS y FROM é`, 2)).toEqual([{ x: '1:2;3?4!', y: 2 }])
  expect(sql.tuples('SELECT 1; SELECT 2, 3;')).toEqual([[2, 3]])
  expect(sql.all('SELECT 1; SELECT 2')).toEqual([{ 2: 2 }])
  expect(() => sql.all('SELECT 1; -- end')).toThrow('did not contain a statement')
})

test('of several statements, only the last can have parameters', () => {
  const sql = nodeSql()
  expect(() => sql.all('SELECT ?1; SELECT 2', 1)).toThrow('only the last can have parameters')
})
