using Microsoft.Extensions.Logging;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Time;
using QueryStream.JobSubmit.Chaos.Reports;
using QueryStream.JobSubmit.Chaos.Rounds;

namespace QueryStream.JobSubmit.Chaos;

/// <summary>
/// Produces events, runs the job, does harm to its processes at random moments, and finally compares the output with the expected output. The names
/// of everything that it creates begin with the run's random name.
/// </summary>
internal sealed class ChaosRun
{
    private readonly ChaosRequest _request;
    private readonly IKafkaClients _kafka;
    private readonly RedisClientOptions _redis;
    private readonly TimeProvider _time;
    private readonly KafkaConnection _connection;
    private readonly ProducedEvents _events = new(ChaosRequest.Window);
    private readonly OutputWatch _watch;
    private readonly RunContext _run;
    private readonly CancellationToken _stop;

    private ChaosRun(ChaosRequest request, IKafkaClients kafka, RedisClientOptions redis, TimeProvider time, ILogger log, CancellationToken stop)
    {
        _request = request;
        _kafka = kafka;
        _redis = redis;
        _time = time;
        _stop = stop;
        _connection = new KafkaConnection(request.Kafka, "", new Dictionary<string, string>());
        _watch = new OutputWatch(_events, time);
        _run = new RunContext(request, _events, _watch, time, log, stop);
    }

    /// <summary>Runs all rounds.</summary>
    /// <param name="request">The run. Its folder exists.</param>
    /// <param name="kafka">Clients of Kafka.</param>
    /// <param name="redis">The password of Redis.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where each round is logged.</param>
    /// <param name="stop">Ends the run, which then removes what it has created.</param>
    /// <exception cref="ChaosException">A process ended by itself, or the job did not recover.</exception>
    public static Task<ChaosReport> RunAsync(
        ChaosRequest request, IKafkaClients kafka, RedisClientOptions redis, TimeProvider time, ILogger log, CancellationToken stop) =>
        new ChaosRun(request, kafka, redis, time, log, stop).RunAsync();

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
                foreach (string prefix in _request.RedisPrefixes)
                {
                    await redis.DeleteAsync(await redis.FindKeysAsync(prefix, CancellationToken.None), CancellationToken.None);
                }
            }
        }
    }

    private async Task<ChaosReport> RunAsync(IKafkaAdmin admin, RedisReader redis)
    {
        long start = _time.GetTimestamp();
        using CancellationTokenSource produced = new();
        using CancellationTokenSource followed = new();
        TopicFollower follower = new(_kafka, _connection, _request.Output, ChaosRequest.Partitions, _watch.OnRecord);
        await using IRounds rounds = _request.IsLocal ? new LocalRounds(_run) : new ClusterRounds(_run);
        List<ChaosRound> done;
        TimeSpan producing;
        try
        {
            _run.Following = follower.RunAsync(followed.Token);
            _run.Producing = new EventProducer(_request, _events, _time).RunAsync(_kafka, _connection, produced.Token);
            done = await RunRoundsAsync(rounds);
            await produced.CancelAsync();
            await _run.Producing;
            producing = _time.GetElapsedTime(start);
            await rounds.FinishAsync();
            IReadOnlyList<KafkaWatermarks> ends = await admin.WatermarksAsync(
                _request.Output, [.. Enumerable.Range(0, ChaosRequest.Partitions)], _stop);
            await _run.WaitAsync(follower.ReachAsync(ends), "the end of the topic that the job has written", static () => "");
        }
        finally
        {
            await produced.CancelAsync();
            await followed.CancelAsync();
            await _run.Following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _run.Producing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await follower.DisposeAsync();
        }

        return new ChaosReport(_request)
        {
            Rounds = done,
            Checkpoints = rounds.Checkpoints,
            Restores = rounds.Restores,
            Duration = _time.GetElapsedTime(start),
            Producing = producing,
            Events = _events,
            Differences = await CompareAsync(redis),
            Remarks = rounds.Remarks,
        };
    }

    private async Task<List<ChaosRound>> RunRoundsAsync(IRounds rounds)
    {
        await rounds.StartAsync();
        List<(RoundOutcome Outcome, RoundMeasures Measures)> done = [];
        RoundMeasures measures = new(_watch, _time);
        for (int round = 1; round <= _request.Rounds; round++)
        {
            await _run.DelayAsync(rounds.Baseline);
            RoundOutcome outcome = await rounds.RunAsync(measures);
            done.Add((outcome, measures));
            Log.Recovered(
                _run.Log,
                round,
                _request.Rounds,
                string.Join(", ", outcome.Faults.Select(ReportContent.Describe)),
                Durations.Format(TimeSpan.FromMilliseconds(Math.Round(measures.Length.TotalMilliseconds))),
                _events.Count);
            RoundMeasures next = new(_watch, _time);
            measures.Next = next;
            measures = next;
        }

        // What comes after the last fault is the baseline of a round that is not run.
        await _run.DelayAsync(rounds.Baseline);
        measures.Begin();
        return [.. done.Select(round => round.Measures.Measure(round.Outcome))];
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
}
