using QueryStream.JobSubmit;
using QueryStream.JobSubmit.Arguments;
using QueryStream.Local;

LocalHost.UseInvariantTexts();
Terminal terminal = Terminal.OfProcess();
AppDomain.CurrentDomain.UnhandledException += (_, _) => terminal.Screen.Leave();
using StopSignals signals = new(terminal.Screen.Leave);
return await CommandLine.RunAsync(args, terminal, signals.Token, signals.Next, CommandName.Current);
