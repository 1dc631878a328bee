using System.Globalization;
using System.Text;
using QueryStream.JobSubmit;
using QueryStream.Local;

// A job gives the same results on every machine, whatever its language: also in the functions of users, on all threads.
CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;

// Names and results are Vietnamese: they are written as UTF-8, whatever the locale says.
Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

Terminal terminal = Terminal.OfProcess();
AppDomain.CurrentDomain.UnhandledException += (_, _) => terminal.Screen.Leave();
using StopSignals signals = new(terminal.Screen.Leave);
return await CommandLine.RunAsync(args, terminal, signals.Token);
