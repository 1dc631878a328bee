using Microsoft.Extensions.Logging;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>
/// The client for requests other than fetching and producing; one per connection. It fetches nothing, so no long-polling fetch delays a response.
/// While the connection has readers or producers, it monitors whether the cluster responds, and fetches the end offsets of
/// partitions without records.
/// </summary>
internal sealed class ClusterClient : IClientEvents, IAsyncDisposable
{
    /// <summary>The time limit of a request including retries, so that a job's start fails within 10 s.</summary>
    private static readonly TimeSpan ResponseLimit = TimeSpan.FromSeconds(8);

    /// <summary>How long to retry while the broker refuses connections, as it does while it starts.</summary>
    private static readonly TimeSpan RefusedLimit = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WatchTimeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// After which time without a response the client is replaced. A client of librdkafka may never come back by itself: a broker that was away too
    /// long for its controller answers that there are no brokers, and if that connection breaks, the client forgets the last one for good.
    /// </summary>
    private static readonly TimeSpan RenewAfter = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConnectionHealth _health;
    private readonly RenewableHandle _handle;
    private readonly CancellationTokenSource _closing = new();

    // Guards the list of partitions, which readers change on any thread, and the start of the monitor.
    private readonly Lock _lock = new();
    private WatchedPartition[] _readPartitions = [];
    private Task? _watch;

    // Set by librdkafka's events, cleared by the monitor.
    private volatile bool _isSuspect;

    // Set after the first response, on any thread. Never cleared.
    private volatile bool _hasResponded;

    // Since when the monitor's requests get no response; null: they do. Used by the monitor only.
    private long? _silentSince;

    // Whether all brokers have refused the connection or closed it. Set by librdkafka's event, cleared by the next response.
    private volatile bool _isAllDown;

    public ClusterClient(KafkaConnection connection, ConnectionHealth health, TimeProvider time, ILogger logger)
    {
        Connection = connection;
        _health = health;
        _time = time;
        _logger = logger;
        _handle = new RenewableHandle(() => new ClientHandle(
            ClientKind.Admin, ClientSettings.Of(ClientKind.Admin, connection, null), this, logger, connection.BootstrapServers));
    }

    public KafkaConnection Connection { get; }

    private string Protocol => Connection.Properties.GetValueOrDefault("security.protocol", "plaintext");

    /// <summary>Sends a request on a thread of its own, since librdkafka blocks. Retries for up to 8 s if the cluster does not respond.</summary>
    /// <exception cref="ServiceUnavailableException">The cluster does not respond.</exception>
    /// <exception cref="ServiceRefusedException">The cluster refuses the request or the connection.</exception>
    public async Task<T> RequestAsync<T>(Func<nint, int, T> request, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        T response = await RunAsync(() => Request(request, stop.Token)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return response;
    }

    /// <summary>Starts monitoring the cluster, if not started yet.</summary>
    public void Watch()
    {
        lock (_lock)
        {
            _watch ??= WatchAsync(_closing.Token);
        }
    }

    /// <summary>Adds partitions whose end offsets are fetched while they deliver no records.</summary>
    public void AddPartitions(IEnumerable<WatchedPartition> partitions)
    {
        lock (_lock)
        {
            _readPartitions = [.. _readPartitions, .. partitions];
        }
    }

    /// <summary>Removes partitions that are no longer read. One more end offset may still arrive.</summary>
    public void RemovePartitions(IReadOnlyCollection<WatchedPartition> partitions)
    {
        lock (_lock)
        {
            _readPartitions = [.. _readPartitions.Where(partition => !partitions.Contains(partition))];
        }
    }

    /// <summary>Called when a client of this connection has lost its brokers: the monitor checks the cluster.</summary>
    public void Suspect() => _isSuspect = true;

    void IClientEvents.OnAllBrokersDown()
    {
        _isAllDown = true;
        Suspect();
    }

    void IClientEvents.OnFatal(string problem) => Suspect();

    void IClientEvents.OnTopicReplaced(string topic)
    {
    }

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

    /// <summary>Runs a blocking call of librdkafka on a thread of its own.</summary>
    internal static Task<T> RunAsync<T>(Func<T> work) =>
        Task.Factory.StartNew(
            work, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    // Waits in slices of up to 2 s, so that cancellation or a refusal ends the wait early.
    private T Request<T>(Func<nint, int, T> request, CancellationToken stop)
    {
        long start = _time.GetTimestamp();
        while (true)
        {
            double slice = Math.Clamp(_time.GetElapsedTime(start).TotalMilliseconds, 1_000, 2_000);
            try
            {
                T response = _handle.Use(client => request(client, (int)slice));
                OnResponse();
                return response;
            }
            catch (NativeRequestException e) when (e.IsUnreachable)
            {
                stop.ThrowIfCancellationRequested();
                TimeSpan elapsed = _time.GetElapsedTime(start);
                NativeProblem problem = _handle.LastProblem;
                if (problem.IsRefusal || elapsed >= ResponseLimit || (_isAllDown && elapsed >= RefusedLimit))
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

    private void OnResponse()
    {
        _hasResponded = true;
        _isAllDown = false;
        _handle.ClearLastProblem();
        _health.OnResponse();
    }

    // A rejected password or certificate must not be reported as a wrong address.
    private QueryStreamException NoConnection(NativeRequestException e) => _handle.LastProblem switch
    {
        { Error: NativeError.Authentication } => new ServiceRefusedException(
            "Kafka",
            $"Kafka at {Connection.BootstrapServers} refuses the login ({ProblemOf(e)}); "
            + "check the properties sasl.mechanism, sasl.username and sasl.password",
            e),
        { Error: NativeError.Ssl } => new ServiceRefusedException(
            "Kafka",
            $"No TLS connection to Kafka at {Connection.BootstrapServers} ({ProblemOf(e)}); "
            + "check the properties security.protocol and ssl.ca.location",
            e),
        { IsDisconnect: true } when !_hasResponded => OpenTimeout.Unavailable(
            Connection.BootstrapServers, $"{ProblemOf(e)}; perhaps it expects another security.protocol than {Protocol}", e),
        _ => OpenTimeout.Unavailable(Connection.BootstrapServers, ProblemOf(e), e),
    };

    private string ProblemOf(NativeRequestException e) => _handle.LastProblem is { Text.Length: > 0 } problem ? problem.Text : e.Message;

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(WatchedPartition.Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                WatchedPartition[] withoutRecords = WithoutRecords();
                if (withoutRecords.Length > 0)
                {
                    await RunAsync(() => FetchEndOffsets(withoutRecords)).ConfigureAwait(false);
                }
                else if (_isSuspect || _health.IsDown)
                {
                    await RunAsync(Check).ConfigureAwait(false);
                }
                else
                {
                    _silentSince = null;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Closed.
        }
    }

    private WatchedPartition[] WithoutRecords()
    {
        WatchedPartition[] partitions = Volatile.Read(ref _readPartitions);
        return Array.FindAll(partitions, partition => _time.GetElapsedTime(partition.LastRecord) >= WatchedPartition.FetchEndAfter);
    }

    private bool FetchEndOffsets(WatchedPartition[] partitionsWithoutRecords)
    {
        foreach (IGrouping<string, WatchedPartition> topic in partitionsWithoutRecords.GroupBy(partition => partition.Topic, StringComparer.Ordinal))
        {
            // Read before the request: the response covers everything written until then.
            EventTime askedAt = EventTime.From(_time.GetUtcNow());
            Dictionary<int, long> ends = [];
            int[] partitions = [.. topic.Select(partition => partition.Partition).Distinct()];
            Try(
                client => ends = NativeRequests.HighWatermarks(client, topic.Key, partitions, (int)WatchTimeout.TotalMilliseconds),
                isOfTopic: true);
            foreach (WatchedPartition partition in topic)
            {
                if (ends.TryGetValue(partition.Partition, out long end))
                {
                    partition.SetEndOffset(end, askedAt);
                }
            }
        }

        return true;
    }

    private bool Check() => Try(client => NativeRequests.Brokers(client, (int)WatchTimeout.TotalMilliseconds), isOfTopic: false);

    private bool Try(Action<nint> request, bool isOfTopic)
    {
        long askedAt = _time.GetTimestamp();
        try
        {
            _handle.Use(client =>
            {
                request(client);
                return true;
            });
            _isSuspect = false;
            _silentSince = null;
            OnResponse();
            return true;
        }
        catch (NativeRequestException e)
        {
            _logger.EndsUnknown(Connection.BootstrapServers, e.Message);
            if (isOfTopic && e.IsLeaderUnknown)
            {
                // The topic may be deleted, or librdkafka may have forgotten all brokers: whether they respond tells which.
                Check();
            }
            else if (e.IsUnreachable)
            {
                _health.OnNoResponse(askedAt, ProblemOf(e));
                RenewIfSilent(askedAt);
            }
            else
            {
                // A response too.
                _silentSince = null;
            }

            return false;
        }
    }

    private void RenewIfSilent(long askedAt)
    {
        _silentSince ??= askedAt;
        if (_time.GetElapsedTime(_silentSince.Value) >= RenewAfter)
        {
            _silentSince = null;
            try
            {
                _handle.Renew();
                _logger.ClientRenewed(Connection.BootstrapServers, RenewAfter.TotalSeconds);
            }
            catch (SettingException e)
            {
                // librdkafka could not create one, such as for want of threads. The old one stays, and the next try is in as many seconds.
                _logger.ClientProblem(Connection.BootstrapServers, e.Message);
            }
        }
    }
}
