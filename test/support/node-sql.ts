export { nodeSql } from '../../src/testing/node-sql.ts'
