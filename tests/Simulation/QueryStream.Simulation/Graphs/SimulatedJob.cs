using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Simulation.Faults;
using QueryStream.Simulation.Services;
using QueryStream.Streams;
using QueryStream.Streams.Formats;

namespace QueryStream.Simulation.Graphs;

/// <summary>The job of a plan as one process loads it.</summary>
/// <param name="plan">What is drawn from the seed.</param>
/// <param name="outputs">Where its rows go.</param>
/// <param name="service">The external system of asynchronous operators.</param>
/// <param name="faults">What is wrong at the moment.</param>
internal sealed class SimulatedJob(SimulationPlan plan, Outputs outputs, AsyncService service, ActiveFaults faults) : IStreamJob
{
    public const string JobName = "simulated";

    public string Name => JobName;

    public void Define(StreamBuilder job)
    {
        Stream<Event>[] sources = [.. plan.Inputs.Select(input => Source(job, input.Topic))];
        foreach (PlannedBranch branch in plan.Branches)
        {
            (Stream<Event> left, Stream<Event> right) = branch.IsApart ? (sources[2], sources[3]) : (sources[0], sources[1]);
            Stream<Event> before = Prefixed(left, branch).Map(row => TaskCrash.Pass(faults, row));
            Write(branch, branch.Branch.Build(new BranchInputs(before, right, service, branch.Name)));
        }
    }

    private static Stream<Event> Prefixed(Stream<Event> rows, PlannedBranch branch) => branch.Prefix switch
    {
        Prefix.Rebalance => rows.Rebalance(),
        Prefix.Filter => rows.Filter(row => row.Id > 0),
        Prefix.Parallelism => rows.Map(row => row).Parallelism(branch.Parallelism),
        _ => rows,
    };

    private Stream<Event> Source(StreamBuilder job, string topic) => job
        .Kafka<Event>(topic, new KafkaSourceOptions { GroupId = "simulation", IsBounded = plan.Ending == Ending.Bounded }).Json()
        .Watermarks(new WatermarkStrategy<Event> { EventTimeOf = row => new EventTime(row.Time), OutOfOrderness = plan.OutOfOrderness });

    private void Write(PlannedBranch branch, Stream<string> rows)
    {
        switch (branch.Sink)
        {
            case SinkKind.Transactional:
                rows.To(branch.Name, outputs.TransactionalOf(branch));
                break;
            case SinkKind.Append or SinkKind.ExactlyOnce:
                KafkaSinkOptions options = new()
                {
                    Topic = branch.Name,
                    Delivery = branch.Sink == SinkKind.Append ? DeliveryGuarantee.AtLeastOnce : DeliveryGuarantee.ExactlyOnce,
                    TransactionTimeout = plan.TransactionTimeout,
                    MaxUncommittedBytes = plan.MaxUncommittedBytes,
                };
                rows.Map(line => Text.From(line)).ToKafka(branch.Name, options).Format(new TextRecordFormat());
                break;
            default:
                rows.ToRedis(branch.Name, new RedisSinkOptions(), line => new RedisUpsert(
                    Text.From($"{branch.Name}/{Lines.NameOf(line)}"), Text.From($"={Lines.ValueOf(line)}"), default));
                break;
        }
    }
}
