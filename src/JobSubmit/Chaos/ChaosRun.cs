using Microsoft.Extensions.Logging;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Core;
using QueryStream.Core.Time;

namespace QueryStream.JobSubmit.Chaos;

/// <summary>
/// Produces events, runs the job in its own process, kills and restarts that process at random moments, and finally compares the output with the
/// expected output. The names of everything that it creates begin with the run's random name.
/// </summary>
internal sealed class ChaosRun
{
    // Longer than any recovery, even if a transaction must expire first.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    // The maximum time from the first output of a process to its kill: several checkpoints, so that kills hit every step of a checkpoint.
    private static readonly TimeSpan MaxRunAfterOutput = TimeSpan.FromSeconds(1);

    // In one of this many rounds, a process is killed while it recovers.
    private const int RoundsPerEarlyKill = 3;

    private readonly ChaosRequest _request;
    private readonly IKafkaClients _kafka;
    private readonly RedisClientOptions _redis;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly KafkaConnection _connection;
    private readonly ProducedEvents _events = new(ChaosRequest.Window);
    private readonly OutputWatch _watch;
    private readonly JobLog _jobLog;
    private readonly SeededRandom _random;
    private readonly List<Recovery> _recoveries = [];
    private readonly CancellationToken _stop;
    private int _processes;
    private int _kills;

    // Must not end before the rounds do.
    private Task _producing = Task.CompletedTask;
    private Task _following = Task.CompletedTask;

    private ChaosRun(ChaosRequest request, IKafkaClients kafka, RedisClientOptions redis, TimeProvider time, ILogger log, CancellationToken stop)
    {
        _request = request;
        _kafka = kafka;
        _redis = redis;
        _time = time;
        _log = log;
        _stop = stop;
        _connection = new KafkaConnection(request.Kafka, "", new Dictionary<string, string>());
        _watch = new OutputWatch(time);
        _jobLog = new JobLog(request.LogPath);
        _random = new SeededRandom(~request.Seed);
    }

    /// <summary>Runs all rounds.</summary>
    /// <param name="request">The run. Its folder exists.</param>
    /// <param name="kafka">Clients of Kafka.</param>
    /// <param name="redis">The password of Redis.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where each round is logged.</param>
    /// <param name="stop">Ends the run, which then removes what it has created.</param>
    /// <exception cref="ChaosException">A process ended by itself, or wrote nothing.</exception>
    public static async Task<ChaosReport> RunAsync(
        ChaosRequest request, IKafkaClients kafka, RedisClientOptions redis, TimeProvider time, ILogger log, CancellationToken stop)
    {
        ChaosRun run = new(request, kafka, redis, time, log, stop);
        using (run._jobLog)
        {
            return await run.RunAsync();
        }
    }

    private async Task<ChaosReport> RunAsync()
    {
        await using IKafkaAdmin admin = _kafka.OpenAdmin(_connection);

        // Checks both systems before anything is created.
        _ = await admin.FindTopicAsync(_request.Topic, _stop);
        await using RedisReader redis = await RedisReader.OpenAsync(_request.Redis, _redis, _stop);
        try
        {
            await admin.CreateTopicAsync(_request.Topic, ChaosRequest.Partitions, null, _stop);
            await admin.CreateTopicAsync(_request.Output, ChaosRequest.Partitions, null, _stop);
            await redis.SubscribeAsync(_request.Channel, _watch.OnMessage, _stop);
            return await RunAsync(admin, redis);
        }
        finally
        {
            if (!_request.Keep)
            {
                await admin.DeleteTopicAsync(_request.Topic, CancellationToken.None);
                await admin.DeleteTopicAsync(_request.Output, CancellationToken.None);
                await redis.DeleteAsync(await redis.FindKeysAsync($"{_request.Name}:", CancellationToken.None), CancellationToken.None);
            }
        }
    }

    private async Task<ChaosReport> RunAsync(IKafkaAdmin admin, RedisReader redis)
    {
        long start = _time.GetTimestamp();
        using CancellationTokenSource produced = new();
        using CancellationTokenSource followed = new();
        TopicFollower follower = new(_kafka, _connection, _request.Output, ChaosRequest.Partitions, _watch.OnRecord);
        TimeSpan producing;
        try
        {
            _following = follower.RunAsync(followed.Token);
            _producing = new EventProducer(_request, _events, _time).RunAsync(_kafka, _connection, produced.Token);
            try
            {
                await using JobProcess last = await RunRoundsAsync();
                await produced.CancelAsync();
                await _producing;
                producing = _time.GetElapsedTime(start);
                await KillAsync(last);
            }
            finally
            {
                await produced.CancelAsync();
            }

            await FinishAsync();
            IReadOnlyList<KafkaWatermarks> ends = await admin.WatermarksAsync(
                _request.Output, [.. Enumerable.Range(0, ChaosRequest.Partitions)], _stop);
            await WaitAsync(follower.ReachAsync(ends), process: null, "the end of the topic that the job has written");
        }
        finally
        {
            await followed.CancelAsync();
            await ((Task)_following).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ((Task)_producing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await follower.DisposeAsync();
        }

        return new ChaosReport(_request)
        {
            Kills = _kills,
            Checkpoints = _jobLog.Checkpoints,
            Restores = _jobLog.Restores,
            Duration = _time.GetElapsedTime(start),
            Producing = producing,
            Events = _events,
            Differences = await CompareAsync(redis),
            Recoveries = _recoveries,
        };
    }

    // Returns the last process, which is still running.
    private async Task<JobProcess> RunRoundsAsync()
    {
        JobProcess process = Start(isBounded: false);
        try
        {
            _ = await RecoverAsync(process);
            for (int round = 1; round <= _request.Rounds; round++)
            {
                await DelayAsync(RandomDelay(MaxRunAfterOutput));
                await KillAsync(process);
                process = Start(isBounded: false);
                if (_random.Next(RoundsPerEarlyKill) == 0)
                {
                    await DelayAsync(RandomDelay(_recoveries.Count == 0 ? MaxRunAfterOutput : _recoveries[^1].Kafka));
                    await KillAsync(process);
                    process = Start(isBounded: false);
                }

                Recovery recovery = await RecoverAsync(process);
                _recoveries.Add(recovery);
                Log.Recovered(
                    _log,
                    round,
                    _request.Rounds,
                    Durations.Format(Whole(recovery.Kafka)),
                    Durations.Format(Whole(recovery.Redis)),
                    _events.Count);
            }

            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    private JobProcess Start(bool isBounded)
    {
        _jobLog.Begin(FormattableString.Invariant($"process {++_processes} of job {JobProcess.Job}, after {_kills} kills"));
        return JobProcess.Start(_request, isBounded, _jobLog, _time);
    }

    // Waits until the process has written something new to both outputs.
    private async Task<Recovery> RecoverAsync(JobProcess process)
    {
        long submitted = await WaitAsync(process.Submitted, process, "the job to be submitted");

        // Not earlier: output of the previous process may arrive after it was killed.
        (Task<long> topic, Task<long> redis) = _watch.Begin();
        long inTopic = await WaitAsync(topic, process, "new records in the topic");
        long inRedis = await WaitAsync(redis, process, "new counts in Redis");
        return new Recovery(Since(submitted), Since(inTopic), Since(inRedis));

        TimeSpan Since(long timestamp) => _time.GetElapsedTime(process.StartedAt, timestamp);
    }

    private async Task KillAsync(JobProcess process)
    {
        if (!await process.KillAsync())
        {
            throw Died(process);
        }

        _kills++;
        await process.DisposeAsync();
    }

    // All events are produced: a last process reads the rest, closes all windows, commits and ends.
    private async Task FinishAsync()
    {
        await using JobProcess process = Start(isBounded: true);
        await WaitAsync(process.Exited, process: null, "the job to finish");
        if (process.ExitCode != 0)
        {
            throw Died(process);
        }
    }

    private async Task<Differences> CompareAsync(RedisReader redis)
    {
        OutputComparison comparison = new(_events, _request);
        comparison.CompareTopic(_watch.Records);
        IReadOnlyList<string> keys = await redis.FindKeysAsync($"{_request.Name}:", _stop);
        IReadOnlyList<string?> values = await redis.GetAsync(keys, _stop);
        comparison.CompareRedis(keys.Zip(values).Where(pair => pair.Second is not null).ToDictionary(pair => pair.First, pair => pair.Second!));
        return comparison.Differences;
    }

    private TimeSpan RandomDelay(TimeSpan limit) => TimeSpan.FromMilliseconds(_random.Next(Math.Max(1, (int)limit.TotalMilliseconds)));

    private Task DelayAsync(TimeSpan delay) => Task.Delay(delay, _time, _stop);

    private async Task<T> WaitAsync<T>(Task<T> awaited, JobProcess? process, string what)
    {
        await WaitAsync((Task)awaited, process, what);
        return await awaited;
    }

    private async Task WaitAsync(Task awaited, JobProcess? process, string what)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(_stop);
        Task limit = Task.Delay(Limit, _time, ended.Token);
        Task exited = process?.Exited ?? Task.Delay(Timeout.InfiniteTimeSpan, _time, ended.Token);
        Task first = await Task.WhenAny(awaited, exited, limit, _following, FailAsync(_producing, ended.Token));
        await ended.CancelAsync();
        _stop.ThrowIfCancellationRequested();
        if (first == awaited)
        {
            await awaited;
        }
        else if (first == exited)
        {
            throw Died(process!);
        }
        else if (first == limit)
        {
            throw new ChaosException(
                $"After {Durations.Format(Limit)} there is still no sign of {what}. The log of the job is {_request.LogPath}.", _jobLog.Tail);
        }
        else
        {
            // The reader or the producer has failed.
            await first;
        }
    }

    private ChaosException Died(JobProcess process) => new(
        FormattableString.Invariant(
            $"Process {_processes} of the job ended by itself, with exit code {process.ExitCode}. The log of the job is {_request.LogPath}."),
        _jobLog.Tail);

    // Throws if the producer fails, but does not complete if it ends normally.
    private static async Task FailAsync(Task producing, CancellationToken ended)
    {
        await producing;
        await Task.Delay(Timeout.InfiniteTimeSpan, ended);
    }

    private static TimeSpan Whole(TimeSpan duration) => TimeSpan.FromMilliseconds(Math.Round(duration.TotalMilliseconds));
}
