using QueryStream.Coordinator.Registry;
using QueryStream.Coordinator.State;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Keys;
using QueryStream.Streams;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;
using QueryStream.Streams.Windows;
using QueryStream.TestKit;
using QueryStream.TestKit.Jobs;
using QueryStream.Wire.Control;
using QueryStream.Wire.State;

namespace QueryStream.Coordinator.Tests.State;

/// <summary>An answer counts only if the task that gave it is still the owner; otherwise the owner is asked again, until the limit.</summary>
public sealed class KeyStateReaderTests
{
    private static readonly KeyStateRequest Request = new("counts", "7");

    private readonly ManualTime _time = new();
    private readonly JobGraph _graph = JobGraph.Create(StreamBuilder.Build(new LambdaJob("job", Define), JobSettings.None), 2);
    private readonly JobHandle _job;

    public KeyStateReaderTests()
    {
        JobSubmission submission = new(new JobReference("", ""), JobSettings.None, 2);
        _job = new JobHandle(new RegisteredJob(new JobId(7), submission, _time.GetUtcNow(), Recoveries: 0), _time);
        Publish(JobStatus.Running, attempt: 0);
    }

    [Fact]
    public async Task The_task_that_owns_the_key_group_is_asked()
    {
        KeyState state = await ReadAsync(query => new StateAnswer(StateOutcome.Found, $"{query.Group.Number} {query.Key}"));

        ulong hash = KeyType<int>.Instance.Hash(7);
        KeyGroup group = KeyGroup.Of(hash, KeyGroup.DefaultCount);
        Assert.Equal(($"{group.Number} 7", group), (state.State, state.Group));
        Assert.Equal(_graph.RoutingOf(_graph.Vertices[1]).SubtaskOf(hash), state.Task.Task.Subtask);
        Assert.Equal(new Attempt(0), state.Task.Attempt);
    }

    [Fact]
    public async Task An_answer_of_an_attempt_that_was_replaced_meanwhile_is_thrown_away()
    {
        List<int> asked = [];
        KeyState state = await ReadAsync(query =>
        {
            asked.Add(query.Attempt.Number);
            if (asked.Count == 1)
            {
                Publish(JobStatus.Running, attempt: 1);
            }

            return new StateAnswer(StateOutcome.Found, $"{query.Attempt}");
        });

        Assert.Equal("1", state.State);
        Assert.Equal([0, 1], asked);
    }

    [Fact]
    public async Task A_question_that_is_lost_and_one_to_a_former_owner_are_repeated()
    {
        Queue<StateAnswer?> answers = new([null, new StateAnswer(StateOutcome.NotOwner, "moved"), new StateAnswer(StateOutcome.Found, "late")]);
        Assert.Equal("late", (await ReadAsync(_ => answers.Dequeue())).State);
    }

    [Fact]
    public async Task When_the_limit_is_over_the_error_says_what_the_owner_did()
    {
        Publish(JobStatus.Restarting, attempt: 1, ExecutionState.Deploying);
        StateUnavailableException error = await Assert.ThrowsAsync<StateUnavailableException>(() => ReadAsync(_ => null));
        Assert.Contains(" does not run. Job ", error.Message, StringComparison.Ordinal);
        Assert.Contains("is Restarting", error.Message, StringComparison.Ordinal);

        Publish(JobStatus.Canceled, attempt: 1, ExecutionState.Canceled);
        error = await Assert.ThrowsAsync<StateUnavailableException>(() => ReadAsync(_ => null));
        Assert.Contains("has ended", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_shown_is_not_asked_again()
    {
        int asked = 0;
        StateQueryException error = await Assert.ThrowsAsync<StateQueryException>(() => ReadAsync(_ =>
        {
            asked++;
            return new StateAnswer(StateOutcome.Refused, "too large");
        }));
        Assert.Equal(("too large", 1), (error.Message, asked));
    }

    [Theory]
    [InlineData("other", "Job 'job' has no operator 'other'. There are: 'counts' (", true)]
    [InlineData("Source: numbers", "Operator 'Source: numbers' has no state by key. There are: 'counts' (", true)]
    public void An_operator_that_there_is_not_is_told_with_those_that_there_are(string name, string message, bool isMissing)
    {
        StateQueryException error = Assert.Throws<StateQueryException>(() => KeyedOperators.Find(_graph, name));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(isMissing, error.IsMissing);
    }

    [Fact]
    public void An_operator_is_found_by_its_id_and_by_that_of_its_vertex()
    {
        StreamNode node = KeyedOperators.Find(_graph, "counts").Node;
        Assert.Same(node, KeyedOperators.Find(_graph, node.Id.ToString()).Node);
        Assert.Same(node, KeyedOperators.Find(_graph, _graph.Vertices[1].Id.ToString().ToUpperInvariant()).Node);
        Assert.Equal([(0, 63)], KeyedOperators.KeyGroupsOf(_graph, _graph.Vertices[1], 0));
    }

    private static void Define(StreamBuilder job) => job.Source("numbers", new MemorySource<int>([1]))
        .KeyBy(number => number).Window(Tumbling.Of(TimeSpan.FromSeconds(1))).Named("counts").Aggregate(w => w.Count())
        .CountOnce("count", _ => new RecordPosition(0, 0));

    private void Publish(JobStatus status, int attempt, ExecutionState state = ExecutionState.Running) => _job.Publish(new PublishedJob(
        "job",
        status,
        [
            .. from vertex in _graph.Vertices
               from subtask in Enumerable.Range(0, 2)
               select new TaskInfo(
                   new TaskId(_job.Id, vertex.Id, subtask), $"{vertex.Name} {subtask}", state, new SlotId(new WorkerId("w"), subtask))
               {
                   Attempt = new Attempt(attempt),
               },
        ],
        new JobMetrics())
    {
        Parallelism = 2,
        WantedParallelism = 2,
        Graph = _graph,
        Reached = System.Collections.Immutable.ImmutableDictionary<JobStatus, DateTimeOffset>.Empty.Add(status, _time.GetUtcNow()),
    });

    private async Task<KeyState> ReadAsync(Func<StateQuery, StateAnswer?> answer)
    {
        Task<KeyState> read = new KeyStateReader(new Owners(answer), _time).ReadAsync(_job, Request, CancellationToken.None);
        while (!read.IsCompleted)
        {
            // Only while it waits, so that no time passes unseen.
            if (_time.Timers > 0)
            {
                _time.Advance(TimeSpan.FromMilliseconds(100));
            }

            await Task.Yield();
        }

        return await read;
    }

    private sealed class Owners(Func<StateQuery, StateAnswer?> answer) : IKeyOwners
    {
        public Task<StateAnswer?> AskAsync(JobShard shard, StateQuery query, TimeSpan limit, CancellationToken cancellationToken) =>
            Task.FromResult(answer(query));
    }
}
