using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Runtime.Operators;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;
using QueryStream.TestKit;
using QueryStream.TestKit.Jobs;
using Event = QueryStream.Runtime.Tests.Properties.Event;

namespace QueryStream.Runtime.Tests.Snapshots;

/// <summary>
/// The operators of one task without its actor, so that a test can take captures between any two batches and keep them for as long as it likes. The
/// last vertex of the job is driven; its rows come from one or two sources.
/// </summary>
internal sealed class CaptureRig
{
    private const int KeyGroups = 128;

    private readonly TaskContext _context;
    private readonly OperatorChain _chain;
    private readonly BatchPort<Event>[] _ports;

    public CaptureRig(Action<StreamBuilder> define)
    {
        JobGraph graph = JobGraph.Create(StreamBuilder.Build(new LambdaJob("captures", define), Streams.Settings.JobSettings.None), 1);
        TaskDeployment deployment = new(new JobId(1), new Attempt(1), graph, graph.Vertices[^1], 0);
        TaskEnvironment environment = new(null!, null!, new NoServices(), NullLoggerFactory.Instance);
        _context = new TaskContext(deployment, environment, new ManualTime());
        _chain = OperatorChainBuilder.Build(_context);
        _ports = [.. _chain.Head.Ports.OfType<BatchPort<Event>>()];
        Assert.NotEmpty(_ports);
        Assert.NotEmpty(_context.Stateful);
    }

    /// <summary>The number of inputs.</summary>
    public int Inputs => _ports.Length;

    /// <summary>Hands rows to the operators.</summary>
    public void Push(int input, params ReadOnlySpan<Event> rows)
    {
        Batch<Event> batch = Batch<Event>.Rent();
        foreach (ref readonly Event row in rows)
        {
            batch.Add(row, new EventTime(row.Time));
        }

        _ports[input].Deliver(batch);
        batch.Release();
        Finish();
    }

    /// <summary>Lets event time go on.</summary>
    public void Advance(long watermark)
    {
        _chain.Head.Control!.OnControl(Control.Advance(new EventTime(watermark)));
        Finish();
    }

    /// <summary>Captures the state of all operators.</summary>
    public StateCapture[] Capture() => [.. _context.Stateful.Select(stateful =>
    {
        StateCapture capture = new(stateful.Id, stateful.Name);
        stateful.Capture(capture);
        return capture;
    })];

    /// <summary>Writes captures, and reads what was written: a line for each chunk.</summary>
    public static async Task<string[]> WriteAsync(StateCapture[] captures, Action<ChunkWriter>? look = null)
    {
        MemorySegments segments = new();
        ChunkReader reader = new(segments);
        SegmentName first = new(new Epoch(1), new CheckpointId(1), new Attempt(0), new TaskId(new JobId(1), new VertexId(1), 0), 0);
        ChunkSink sink = new(segments, first, ReusableChunks.None);
        ChunkWriter writer = new(sink, KeyGroups);
        List<string> lines = [];
        foreach (StateCapture capture in captures)
        {
            OperatorSnapshot snapshot = await capture.WriteAsync(writer, CancellationToken.None);
            look?.Invoke(writer);
            await sink.CompleteAsync(CancellationToken.None);
            foreach (StateSnapshot state in snapshot.States)
            {
                foreach (StateChunk chunk in state.Chunks)
                {
                    byte[] bytes = await reader.ReadAsync(chunk.Content, CancellationToken.None);
                    lines.Add($"{snapshot.Name} {state.Name} {state.Kind} {chunk.KeyGroup} {chunk.Count} {Convert.ToHexString(bytes)}");
                }
            }
        }

        return [.. lines];
    }

    private void Finish()
    {
        while (_context.Work.ResumeOne() || _context.Work.BeginExternal())
        {
        }

        Assert.False(_context.Work.HasUnfinished);
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
