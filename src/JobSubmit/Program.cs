using System.Runtime.InteropServices;
using System.Text;
using QueryStream.JobSubmit;
using QueryStream.JobSubmit.Output;

// Names and results are Vietnamese: whatever the locale says, they are written as they are.
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
