using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Simulation.Faults;
using QueryStream.Simulation.Graphs;
using QueryStream.Simulation.Reports;
using QueryStream.TestKit;
using QueryStream.Testing.Files;
using QueryStream.Testing.Kafka;
using QueryStream.Testing.Redis;

namespace QueryStream.Simulation;

/// <summary>What outlives the processes of a simulation: the clock, the disk, Kafka with input and output, Redis.</summary>
internal sealed class World
{
    public World(SimulationPlan plan, Mutation mutation, Action<string>? trace)
    {
        Plan = plan;
        Trace = trace;
        Faults = new ActiveFaults(mutation);
        Log = new SimulationLog(trace) { Now = Clock.GetUtcNow };
        Files = new SimulatedFiles(plan.Seed);
        Kafka = ReplayableKafka.Create(Clock, plan.Seed);
        Redis = new InMemoryRedis(Clock);
        CheckpointServer = new InMemoryCheckpointServer { IsUnfenced = Faults.Has(Mutation.CommitWithoutFencing) };
        Outputs = new Outputs(plan, Kafka, Redis);
        foreach (Input input in plan.Inputs)
        {
            Kafka.CreateTopic(input.Topic, input.Partitions.Count);
        }

        Feeds = [.. plan.Inputs.Select(input => new InputFeed(Kafka, input))];
    }

    public SimulationPlan Plan { get; }

    public Action<string>? Trace { get; }

    public ManualTime Clock { get; } = new();

    public ActiveFaults Faults { get; }

    public SimulationLog Log { get; }

    public SimulatedFiles Files { get; }

    public InMemoryKafka Kafka { get; }

    public InMemoryRedis Redis { get; }

    /// <summary>Where checkpoints are stored, if not on the disk.</summary>
    public InMemoryCheckpointServer CheckpointServer { get; }

    public Outputs Outputs { get; }

    public IReadOnlyList<InputFeed> Feeds { get; }
}
