// The command as a plugin of kubectl: it knows that by the name of the file it is started by.
import './main.ts';
