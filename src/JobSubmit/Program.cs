using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using QueryStream.JobSubmit;
using QueryStream.JobSubmit.Output;

// A job gives the same results and texts on every machine, whatever its language: also in the functions of users, on all threads.
CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;

// Names and results are Vietnamese: they are written as UTF-8, whatever the locale says.
Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

TimeSpan patience = TimeSpan.FromSeconds(2);
long stoppedAt = 0;
using CancellationTokenSource stop = new();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await CommandLine.RunAsync(args, Terminal.OfProcess(), stop.Token);

// The first signal asks to stop cleanly. One that comes some time later ends the process as if nobody listened; not one that comes at
// once, since what stops a group of processes often sends it to the group and to its leader.
void Stop(PosixSignalContext signal)
{
    long before = Interlocked.CompareExchange(ref stoppedAt, TimeProvider.System.GetTimestamp(), 0);
    signal.Cancel = before == 0 || TimeProvider.System.GetElapsedTime(before) < patience;
    stop.Cancel();
}
