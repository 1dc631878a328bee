using System.Text;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Identity;
using QueryStream.TestKit.Contracts;

namespace QueryStream.Contracts.Redis.Tests;

/// <summary>
/// The contract of every <see cref="IRedisConnections"/>. Each test has its own keys, so that tests can share a server.
/// </summary>
public abstract class RedisContract : IAsyncLifetime
{
    private readonly string _id = Guid.NewGuid().ToString("n");
    private Subject _subject = null!;
    private IRedisConnection _connection = null!;

    public async Task InitializeAsync()
    {
        _subject = await CreateAsync();
        _connection = _subject.Connections.Acquire(_subject.Address);
    }

    public async Task DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _subject.DisposeAsync();
    }

    internal abstract Task<Subject> CreateAsync();

    [ContractFact]
    public async Task A_flush_stores_its_rows_and_publishes_their_messages_in_order()
    {
        await _subject.SubscribeAsync(Channel);

        Assert.Equal(RedisReply.Written.Instance, await FlushAsync(1, Row("a", "1"), Row("b", "Sinh viên"), Row("a", "2")));

        Assert.Equal("2", await GetAsync("a"));
        Assert.Equal("Sinh viên", await GetAsync("b"));
        Assert.Equal(["message 1", "message Sinh viên", "message 2"], await _subject.MessagesAsync(3));
    }

    [ContractFact]
    public async Task A_value_lives_as_long_as_the_flush_says()
    {
        await FlushAsync(1, Row("a", "1"));

        Assert.InRange(await _subject.TtlAsync(Key("a")), 2_592_000 - 5, 2_592_000);
    }

    [ContractFact]
    public async Task A_row_without_a_value_deletes_its_key_and_publishes_its_message()
    {
        await _subject.SubscribeAsync(Channel);
        await FlushAsync(1, Row("a", "1"), Row("b", "1"), Row("c", "1"));

        await FlushAsync(
            2, new RedisRow(Bytes(Key("a")), null, null), new RedisRow(Bytes(Key("b")), null, []), new RedisRow(Bytes(Key("never")), null, null));
        Assert.Equal((null, null, "1"), (await GetAsync("a"), await GetAsync("b"), await GetAsync("c")));

        await FlushAsync(3, Row("a", "2"));
        Assert.Equal("2", await GetAsync("a"));
        Assert.Equal(["message 1", "message 1", "message 1", "", "message 2"], await _subject.MessagesAsync(5));
    }

    [ContractFact]
    public async Task Nothing_is_published_without_a_message_or_without_a_channel()
    {
        await _subject.SubscribeAsync(Channel);

        await FlushAsync(1, new RedisRow(Bytes(Key("a")), Bytes("1"), null));
        await _connection.FlushAsync(Make(2, [Row("a", "2")]) with { Channel = [] }, CancellationToken.None);
        await FlushAsync(3, new RedisRow(Bytes(Key("a")), Bytes("3"), []));
        await FlushAsync(4, Row("a", "4"));

        Assert.Equal(["", "message 4"], await _subject.MessagesAsync(2));
        Assert.Equal("4", await GetAsync("a"));
    }

    [ContractFact]
    public async Task A_flush_with_a_number_that_is_not_higher_is_refused_whole()
    {
        await _subject.SubscribeAsync(Channel);
        await FlushAsync(5, Row("a", "new"));

        Assert.Equal(new RedisReply.Refused(0, 5), await FlushAsync(5, Row("a", "old"), Row("b", "old")));
        Assert.Equal(new RedisReply.Refused(0, 5), await FlushAsync(4, Row("a", "old"), Row("b", "old")));
        Assert.Equal(RedisReply.Written.Instance, await FlushAsync(9, Row("c", "end")));

        Assert.Equal("new", await GetAsync("a"));
        Assert.Null(await GetAsync("b"));
        Assert.Equal(["message new", "message end"], await _subject.MessagesAsync(2));
    }

    [ContractFact]
    public async Task A_chained_flush_needs_its_predecessor()
    {
        Assert.Equal(new RedisReply.Refused(-1, -1), await ChainedAsync(1, Row("a", "0")));
        await FlushAsync(1, Row("a", "1"));

        Assert.Equal(new RedisReply.Refused(0, 1), await ChainedAsync(3, Row("a", "3")));
        Assert.Equal(RedisReply.Written.Instance, await ChainedAsync(2, Row("a", "2")));
        Assert.Equal(RedisReply.Written.Instance, await ChainedAsync(3, Row("a", "3")));
        Assert.Equal(new RedisReply.Refused(0, 3), await ChainedAsync(3, Row("a", "again")));
        Assert.Equal("3", await GetAsync("a"));
    }

    [ContractFact]
    public async Task A_flush_of_an_older_attempt_is_refused_and_of_a_newer_one_taken_with_any_number()
    {
        await FlushAsync(7, Row("a", "old"));

        Assert.Equal(
            RedisReply.Written.Instance,
            await _connection.FlushAsync(Make(1, [Row("a", "new")]) with { Attempt = new Attempt(1) }, CancellationToken.None));
        Assert.Equal(new RedisReply.Refused(1, 1), await FlushAsync(8, Row("a", "stale")));
        Assert.Equal(new RedisReply.Refused(1, 1), await ChainedAsync(2, Row("a", "stale")));
        Assert.Equal("new", await GetAsync("a"));
    }

    // With another parallelism, keys are written by other subtasks.
    [ContractFact]
    public async Task A_flush_of_the_region_before_is_refused_whatever_subtask_writes_for_the_first_time_after_it()
    {
        await FlushAsync(7, Row("a", "old"));
        RedisFlush next = Make(1, [Row("a", "new")]) with
        {
            Fence = Fence with { Field = "sink/1" },
            Region = new Attempt(3),
            Attempt = new Attempt(3),
        };
        Assert.Equal(RedisReply.Written.Instance, await _connection.FlushAsync(next, CancellationToken.None));

        Assert.Equal(new RedisReply.Refused(3, -1), await FlushAsync(8, Row("a", "stale")));
        Assert.Equal(new RedisReply.Refused(3, -1), await ChainedAsync(8, Row("a", "stale")));
        Assert.Equal("new", await GetAsync("a"));
    }

    [ContractFact]
    public async Task A_subtask_that_has_moved_writes_beside_the_others_of_its_region()
    {
        await FlushAsync(7, Row("a", "1"));
        RedisFlush moved = Make(1, [Row("b", "2")]) with { Fence = Fence with { Field = "sink/1" }, Attempt = new Attempt(4) };
        Assert.Equal(RedisReply.Written.Instance, await _connection.FlushAsync(moved, CancellationToken.None));

        Assert.Equal(RedisReply.Written.Instance, await ChainedAsync(8, Row("a", "3")));
        RedisFlush before = moved with { Attempt = new Attempt(0), Number = 9 };
        Assert.Equal(new RedisReply.Refused(4, 1), await _connection.FlushAsync(before, CancellationToken.None));
        Assert.Equal("3", await GetAsync("a"));
    }

    [ContractFact]
    public async Task A_flush_of_a_newer_attempt_must_not_begin_chained()
    {
        await FlushAsync(1, Row("a", "old"));

        Assert.Equal(
            new RedisReply.Refused(0, 1),
            await _connection.FlushAsync(Make(2, [Row("a", "new")], chained: true) with { Attempt = new Attempt(1) }, CancellationToken.None));
    }

    [ContractFact]
    public async Task An_empty_flush_raises_the_fence()
    {
        Assert.Equal(RedisReply.Written.Instance, await FlushAsync(3));

        Assert.Equal(new RedisReply.Refused(0, 3), await FlushAsync(2, Row("a", "1")));
    }

    [ContractFact]
    public async Task Fences_of_other_writers_and_jobs_do_not_matter()
    {
        await FlushAsync(5, Row("a", "1"));

        foreach (RedisFence fence in new[] { Fence with { Field = "sink/1" }, Fence with { Key = Fence.Key + "0" } })
        {
            Assert.Equal(
                RedisReply.Written.Instance, await _connection.FlushAsync(Make(1, [Row("a", "2")]) with { Fence = fence }, CancellationToken.None));
        }
    }

    [ContractFact]
    public async Task Bytes_of_any_kind_come_through()
    {
        string large = new('x', 300_000);
        await FlushAsync(1, Row("empty", ""), Row("large", large), Row("lines\r\n$5\0", "a\r\n\0b"));

        Assert.Equal("", await GetAsync("empty"));
        Assert.Equal(large, await GetAsync("large"));
        Assert.Equal("a\r\n\0b", await GetAsync("lines\r\n$5\0"));
    }

    [ContractFact]
    public async Task A_share_can_be_given_back_without_harm_to_the_others()
    {
        IRedisConnection other = _subject.Connections.Acquire(_subject.Address);
        await other.FlushAsync(Make(1, [Row("a", "1")]), CancellationToken.None);
        await other.DisposeAsync();
        await other.DisposeAsync();

        Assert.Equal(RedisReply.Written.Instance, await FlushAsync(2, Row("a", "2")));
        Assert.Equal("2", await GetAsync("a"));
    }

    [ContractFact]
    public async Task Calls_made_at_once_are_executed_in_their_order()
    {
        await FlushAsync(1);

        RedisReply[] replies = await Task.WhenAll(Enumerable.Range(2, 200).Select(n => ChainedAsync(n, Row("a", $"{n}"))));

        Assert.All(replies, reply => Assert.Equal(RedisReply.Written.Instance, reply));
        Assert.Equal("201", await GetAsync("a"));
    }

    private string Channel => $"updates-{_id}";

    private RedisFence Fence => new($"querystream:fence:{_id}", "sink/0", "sink/*");

    private string Key(string name) => $"{_id}:{name}";

    private RedisRow Row(string key, string value) => new(Bytes(Key(key)), Bytes(value), Bytes($"message {value}"));

    private RedisFlush Make(long number, RedisRow[] rows, bool chained = false) =>
        new(Fence, new Attempt(0), new Attempt(0), number, chained, TimeSpan.FromDays(30), Bytes(Channel), rows);

    private Task<RedisReply> FlushAsync(long number, params RedisRow[] rows) => _connection.FlushAsync(Make(number, rows), CancellationToken.None);

    private Task<RedisReply> ChainedAsync(long number, params RedisRow[] rows) =>
        _connection.FlushAsync(Make(number, rows, chained: true), CancellationToken.None);

    private Task<string?> GetAsync(string key) => _subject.GetAsync(Key(key));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}

/// <summary>An implementation under test, with access to its contents.</summary>
internal abstract class Subject : IAsyncDisposable
{
    public abstract IRedisConnections Connections { get; }

    public abstract RedisAddress Address { get; }

    public abstract Task<string?> GetAsync(string key);

    /// <summary>The seconds until a key expires.</summary>
    public abstract Task<long> TtlAsync(string key);

    public abstract Task SubscribeAsync(string channel);

    /// <summary>Waits for a number of messages, and returns all messages since the subscription.</summary>
    public abstract Task<IReadOnlyList<string>> MessagesAsync(int count);

    public abstract ValueTask DisposeAsync();
}
