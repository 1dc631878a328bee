using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using QueryStream.Core.Identity;
using QueryStream.TestKit.Logging;
using QueryStream.Wire.Control;

namespace QueryStream.Exchange.Tests.Support;

/// <summary>The exchange of one worker, with what it has logged and reported.</summary>
internal sealed class ExchangeNode : IPeerWatcher, IAsyncDisposable
{
    private readonly LogCollector _log = new();

    public ExchangeNode(string name, ExchangeOptions? options = null)
    {
        Worker = new WorkerId(name);
        Channels = TcpChannels.Start(options ?? new ExchangeOptions(), Worker, _log, this, TimeProvider.System);
    }

    public WorkerId Worker { get; }

    public TcpChannels Channels { get; }

    public WorkerLocation Location => new(Worker, Channels.Address);

    public ConcurrentQueue<(WorkerLocation Peer, bool Refused)> Lost { get; } = new();

    /// <summary>Its warnings and errors.</summary>
    public IReadOnlyList<LogLine> Problems => [.. _log.Lines.Where(line => line.Level >= LogLevel.Warning)];

    /// <summary>How many connections to other workers it has had.</summary>
    public int Connections => _log.Lines.Count(line => line.Id == 3254);

    public void PeerLost(WorkerLocation peer, bool refused) => Lost.Enqueue((peer, refused));

    public ValueTask DisposeAsync() => Channels.DisposeAsync();
}
