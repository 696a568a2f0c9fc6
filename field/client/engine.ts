/** ODK's form engine, in a file of its own: it is the heaviest part of the app and is loaded when the first form opens. */
export { loadForm } from '@getodk/xforms-engine';
