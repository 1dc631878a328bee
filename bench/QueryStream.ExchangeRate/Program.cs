using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Core.Identity;
using QueryStream.Exchange;
using QueryStream.ExchangeRate;

// How many rows of 100 bytes one connection between two workers carries, with encoding, checksums and decoding. Both ends are in this process.
long rows = args.Length > 0 ? long.Parse(args[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture) : 20_000_000;
int channels = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
const int Rounds = 5;
WorkerId first = new("first");
WorkerId second = new("second");
await using TcpChannels one = Start(first);
await using TcpChannels other = Start(second);
ExchangeEnds ends = new(one, first, other, second, channels);
RowSender[] senders = [.. ends.ToReceivers.Select(peer => new RowSender(peer))];
RowReceiver[] receivers = [.. ends.ToSenders.Select(peer => new RowReceiver(peer))];
for (int i = 0; i < channels; i++)
{
    ends.Senders[i].OnElement = senders[i].OnElement;
    ends.Receivers[i].OnElement = receivers[i].OnElement;
}

Console.WriteLine($"{rows:N0} rows a round, {channels} channels on one connection, {Environment.ProcessorCount} cores");
for (int round = 0; round < Rounds; round++)
{
    long allocated = GC.GetTotalAllocatedBytes();
    TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
    long start = Stopwatch.GetTimestamp();
    await Task.WhenAll(
        [.. senders.Select(sender => Task.Run(() => sender.SendAsync(rows / channels))),
            .. receivers.Select(receiver => Task.Run(() => receiver.ReceiveAsync(rows / channels)))]);
    double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
    cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
    Console.WriteLine(
        $"{rows / seconds / 1e6:F2} M rows/s, {cpu.TotalSeconds / seconds:F2} cores busy, {cpu.TotalSeconds / rows * 1e9:F0} ns CPU a row, "
        + $"{(GC.GetTotalAllocatedBytes() - allocated) / (double)rows:F3} B allocated a row");
}

return receivers.All(receiver => receiver.Sum > 0) ? 0 : 1;

static TcpChannels Start(WorkerId worker) =>
    TcpChannels.Start(new ExchangeOptions(), worker, NullLoggerFactory.Instance, watcher: null, TimeProvider.System);
