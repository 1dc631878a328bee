using Microsoft.Extensions.Logging;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>
/// The client for questions, of which there is one a connection: it fetches nothing, so that no waiting fetch delays an answer.
/// While somebody reads or writes, it watches whether the cluster answers, and asks for the ends of partitions that are silent.
/// </summary>
internal sealed class ClusterClient : IClientEvents, IAsyncDisposable
{
    /// <summary>How long a question may take in all, so that a job's start fails within 10 s.</summary>
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(8);

    /// <summary>How long a broker that refuses connections is tried at the start: it may just be starting.</summary>
    private static readonly TimeSpan RefusedWithin = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WatchTimeout = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConnectionHealth _health;
    private readonly ClientHandle _handle;
    private readonly CancellationTokenSource _closing = new();

    // The targets change when readers come and go, on any thread; also guards the start of the watch.
    private readonly Lock _lock = new();
    private SilenceTarget[] _targets = [];
    private Task? _watch;

    // Set by librdkafka's events, cleared by the watch.
    private volatile bool _isSuspect;

    // Set by whoever has asked, on any thread, and never cleared.
    private volatile bool _hasAnswered;

    public ClusterClient(KafkaConnection connection, LibraryFacts library, ConnectionHealth health, TimeProvider time, ILogger logger)
    {
        Connection = connection;
        _health = health;
        _time = time;
        _logger = logger;
        _handle = new ClientHandle(
            ClientKind.Admin, ClientSettings.Of(ClientKind.Admin, connection, null, library), this, logger, connection.BootstrapServers);
    }

    public KafkaConnection Connection { get; }

    private string Protocol => Connection.Properties.GetValueOrDefault("security.protocol", "plaintext");

    /// <summary>Asks a question on a thread of its own, since librdkafka blocks.</summary>
    /// <exception cref="ServiceUnavailableException">There is no answer.</exception>
    /// <exception cref="ServiceRefusedException">The answer is a refusal, of the request or of the connection.</exception>
    public async Task<T> AskAsync<T>(Func<nint, int, T> question, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        T answer = await RunAsync(() => Ask(question, stop.Token)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return answer;
    }

    /// <summary>Starts to watch the cluster, if nobody has before.</summary>
    public void Watch()
    {
        lock (_lock)
        {
            _watch ??= WatchAsync(_closing.Token);
        }
    }

    /// <summary>Partitions to ask about while they are silent.</summary>
    public void AddTargets(IEnumerable<SilenceTarget> targets)
    {
        lock (_lock)
        {
            _targets = [.. _targets, .. targets];
        }
    }

    /// <summary>They are not read any more. An answer may still come.</summary>
    public void RemoveTargets(IReadOnlyCollection<SilenceTarget> targets)
    {
        lock (_lock)
        {
            _targets = [.. _targets.Where(target => !targets.Contains(target))];
        }
    }

    /// <summary>Another client of this connection has lost its brokers, or so it believes.</summary>
    public void Suspect() => _isSuspect = true;

    void IClientEvents.OnAllBrokersDown() => Suspect();

    void IClientEvents.OnFatal(string problem) => Suspect();

    unsafe void IClientEvents.OnDelivered(NativeMessage** messages, int count)
    {
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        if (_watch is not null)
        {
            await _watch.ConfigureAwait(false);
        }

        await RunAsync(() =>
        {
            _handle.Close();
            return true;
        }).ConfigureAwait(false);
        _closing.Dispose();
    }

    private static Task<T> RunAsync<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    // In slices, so that neither a caller who gives up nor a broker that refuses has to wait for the whole time.
    private T Ask<T>(Func<nint, int, T> question, CancellationToken stop)
    {
        long start = _time.GetTimestamp();
        while (true)
        {
            double slice = Math.Clamp(_time.GetElapsedTime(start).TotalMilliseconds, 1_000, 2_000);
            try
            {
                T answer = question(_handle.Client, (int)slice);
                Answered();
                return answer;
            }
            catch (NativeRequestException e) when (e.IsUnreachable)
            {
                stop.ThrowIfCancellationRequested();
                TimeSpan elapsed = _time.GetElapsedTime(start);
                NativeProblem problem = _handle.LastProblem;
                bool isRefused = e.Error == NativeError.Transport && problem != NativeProblem.None;
                if (problem.IsRefusal || elapsed >= AnswerWithin || (isRefused && elapsed >= RefusedWithin))
                {
                    throw NoConnection(e);
                }

                stop.WaitHandle.WaitOne(RetryPause);
            }
            catch (NativeRequestException e)
            {
                throw new ServiceRefusedException("Kafka", $"Kafka at {Connection.BootstrapServers} refuses {e.Request}: {e.Message}", e);
            }
        }
    }

    private void Answered()
    {
        _hasAnswered = true;
        _handle.Answered();
        _health.Answered();
    }

    // A password or a certificate that is not accepted is no fault of the address.
    private QueryStreamException NoConnection(NativeRequestException e) => _handle.LastProblem switch
    {
        { Error: NativeError.Authentication } => new ServiceRefusedException(
            "Kafka",
            $"Kafka at {Connection.BootstrapServers} refuses the login ({Said(e)}); check the properties sasl.mechanism, sasl.username and sasl.password",
            e),
        { Error: NativeError.Ssl } => new ServiceRefusedException(
            "Kafka",
            $"No TLS connection to Kafka at {Connection.BootstrapServers} ({Said(e)}); check the properties security.protocol and ssl.ca.location",
            e),
        { IsHangUp: true } when !_hasAnswered => Opening.Unavailable(
            Connection.BootstrapServers, $"{Said(e)}; perhaps it expects another security.protocol than {Protocol}", e),
        _ => Opening.Unavailable(Connection.BootstrapServers, Said(e), e),
    };

    private string Said(NativeRequestException e) => _handle.LastProblem is { Text.Length: > 0 } problem ? problem.Text : e.Message;

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(SilenceTarget.Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                SilenceTarget[] silent = Silent();
                if (silent.Length > 0)
                {
                    await RunAsync(() => AskForEnds(silent)).ConfigureAwait(false);
                }
                else if (_isSuspect || _health.IsDown)
                {
                    await RunAsync(Check).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Closed.
        }
    }

    private SilenceTarget[] Silent()
    {
        SilenceTarget[] targets = Volatile.Read(ref _targets);
        return Array.FindAll(targets, target => _time.GetElapsedTime(target.LastRecord) >= SilenceTarget.SilentAfter);
    }

    private bool AskForEnds(SilenceTarget[] silent) => Try(() =>
    {
        // Before the question: whatever was written until then is in the answer.
        EventTime askedAt = EventTime.From(_time.GetUtcNow());
        foreach (IGrouping<string, SilenceTarget> topic in silent.GroupBy(target => target.Topic, StringComparer.Ordinal))
        {
            Dictionary<int, long> ends = NativeRequests.Ends(
                _handle.Client, topic.Key, [.. topic.Select(target => target.Partition).Distinct()], (int)WatchTimeout.TotalMilliseconds);
            foreach (SilenceTarget target in topic)
            {
                if (ends.TryGetValue(target.Partition, out long end))
                {
                    target.Answer(end, askedAt);
                }
            }
        }
    });

    private bool Check() => Try(() => NativeRequests.Brokers(_handle.Client, (int)WatchTimeout.TotalMilliseconds));

    private bool Try(Action request)
    {
        long askedAt = _time.GetTimestamp();
        try
        {
            request();
            _isSuspect = false;
            Answered();
            return true;
        }
        catch (NativeRequestException e)
        {
            _logger.EndsUnknown(Connection.BootstrapServers, e.Message);
            if (e.IsUnreachable)
            {
                _health.NotAnswered(askedAt, Said(e));
            }

            return false;
        }
    }
}
