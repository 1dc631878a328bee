using QueryStream.Connectors.Redis.Tests.Support;
using QueryStream.Core.Errors;
using QueryStream.TestKit;

namespace QueryStream.Connectors.Redis.Tests;

/// <summary>The writer with a scripted Redis.</summary>
public sealed class RedisWriterTests : IAsyncLifetime
{
    private static readonly RedisReply Lost = new RedisReply.Unavailable("gone");

    private readonly ManualTime _time = new();
    private readonly ScriptedRedis _redis = new();
    private WriterUnderTest _writer = null!;

    public async Task InitializeAsync() => _writer = await OpenAsync(new RedisSinkOptions());

    public Task DisposeAsync() => _writer.DisposeAsync().AsTask();

    [Fact]
    public async Task The_first_row_is_sent_at_once_and_the_next_ones_gather_until_it_is_acknowledged()
    {
        _writer.Write(("a", 1));
        ScriptedRedis.Call first = await _redis.NextAsync();
        _writer.Write(("b", 1));
        _writer.Write(("c", 1));
        first.Written();
        ScriptedRedis.Call second = await _redis.NextAsync();

        Assert.Equal(["a=1"], first.Rows);
        Assert.Equal(["b=1", "c=1"], second.Rows);
        Assert.Equal((2, 3), (first.Flush.Number, second.Flush.Number));
        Assert.True(first.Flush.IsChained && second.Flush.IsChained);
    }

    [Fact]
    public async Task The_latency_of_a_write_is_from_its_call_to_its_answer_whatever_waits_for_it_and_failed_ones_do_not_count()
    {
        await ReopenAsync(new RedisSinkOptions { MaxFlushRows = 1, MaxFlushesInFlight = 2 });
        _writer.Write(("a", 1), ("b", 10));
        (ScriptedRedis.Call first, ScriptedRedis.Call second) = (await _redis.NextAsync(), await _redis.NextAsync());
        _time.Advance(TimeSpan.FromMilliseconds(20));
        long turns = _writer.Harness.Wakes;
        second.Written();
        await _writer.Harness.UntilAsync("the answer to arrive", () => _writer.Harness.Wakes > turns);
        Assert.Empty(_writer.Harness.Writes);
        _time.Advance(TimeSpan.FromMilliseconds(30));
        first.Written();
        await _writer.Harness.FlushAsync();
        Assert.Equal([TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(20)], _writer.Harness.Writes);
        Assert.Equal("a".Length + "1".Length + "a=1".Length + "b".Length + "10".Length + "b=10".Length, _writer.Harness.BytesWritten);

        _writer.Write(("c", 1));
        (await _redis.NextAsync()).Answer(Lost);
        await _writer.Harness.UntilAsync("the problem", () => _writer.Harness.Problem is not null);
        Assert.Equal(2, _writer.Harness.Writes.Count);
    }

    [Fact]
    public async Task Full_flushes_do_not_wait_for_answers_up_to_the_window()
    {
        await ReopenAsync(new RedisSinkOptions { MaxFlushRows = 2, MaxFlushesInFlight = 3 });
        _writer.Write([.. Enumerable.Range(0, 10).Select(i => ($"k{i}", i))]);

        ScriptedRedis.Call[] calls = [await _redis.NextAsync(), await _redis.NextAsync(), await _redis.NextAsync()];
        Assert.All(calls, call => Assert.Equal(2, call.Flush.Rows.Count));
        Assert.False(_redis.HasNext);

        calls[0].Written();
        Assert.Equal(["k6=6", "k7=7"], (await _redis.NextAsync()).Rows);
    }

    [Fact]
    public async Task A_flush_request_sends_few_rows_although_others_are_in_flight()
    {
        _writer.Write(("a", 1));
        await _redis.NextAsync();
        _writer.Write(("b", 1));
        _writer.Harness.Writer.Flush();

        Assert.Equal(["b=1"], (await _redis.NextAsync()).Rows);
    }

    [Fact]
    public async Task Of_rows_that_wait_the_newest_value_of_a_key_goes_out_and_all_of_them_count()
    {
        _writer.Write(("x", 0));
        ScriptedRedis.Call first = await _redis.NextAsync();
        _writer.Write(("a", 1), ("b", 1), ("a", 2));
        _writer.Write(("a", 3));
        first.Written();
        ScriptedRedis.Call second = await _redis.NextAsync();
        Assert.Equal(["a=3", "b=1"], second.Rows);

        second.Written();
        await _writer.Harness.FlushAsync();
        Assert.Equal(5, _writer.Harness.Acknowledged);
    }

    [Fact]
    public async Task The_rows_of_a_lost_flush_are_sent_again_unchained_under_a_new_number_and_merged_with_newer_ones()
    {
        await ReopenAsync(new RedisSinkOptions { MaxFlushRows = 2, MaxFlushesInFlight = 2 });
        _writer.Write(("a", 1), ("b", 1), ("c", 1), ("a", 2));
        ScriptedRedis.Call first = await _redis.NextAsync();
        _writer.Harness.Writer.Flush();
        ScriptedRedis.Call second = await _redis.NextAsync();
        _writer.Write(("c", 9), ("d", 1));
        Assert.Equal(["a=2", "b=1"], first.Rows);
        Assert.Equal(["c=1"], second.Rows);

        first.Answer(Lost);
        ScriptedRedis.Call again = await NextAfterPauseAsync();
        Assert.Equal(["a=2", "b=1"], again.Rows);
        Assert.False(again.Flush.IsChained);
        Assert.True(again.Flush.Number > second.Flush.Number);
        Assert.False(_redis.HasNext);

        again.Written();
        ScriptedRedis.Call rest = await _redis.NextAsync();
        Assert.Equal(["c=9", "d=1"], rest.Rows);
        Assert.True(rest.Flush.IsChained && rest.Flush.Number == again.Flush.Number + 1);

        rest.Written();
        await _writer.Harness.FlushAsync();
        Assert.Equal(6, _writer.Harness.Acknowledged);
    }

    [Fact]
    public async Task The_answer_to_a_flush_that_was_given_up_is_ignored()
    {
        await ReopenAsync(new RedisSinkOptions { MaxFlushRows = 1 });
        _writer.Write(("a", 1), ("b", 1));
        ScriptedRedis.Call first = await _redis.NextAsync();
        ScriptedRedis.Call second = await _redis.NextAsync();
        first.Answer(Lost);
        ScriptedRedis.Call again = await NextAfterPauseAsync();
        second.Written();
        again.Written();
        ScriptedRedis.Call rest = await _redis.NextAsync();

        Assert.Equal(1, _writer.Harness.Acknowledged);
        Assert.Equal(["b=1"], rest.Rows);
        Assert.False(_writer.Harness.Writer.IsFlushed);
    }

    [Fact]
    public async Task A_refused_chain_begins_anew_at_once_above_the_stored_number()
    {
        _writer.Write(("a", 1));
        (await _redis.NextAsync()).Answer(new RedisReply.Refused(0, 700));
        ScriptedRedis.Call again = await _redis.NextAsync();

        Assert.Equal(["a=1"], again.Rows);
        Assert.True(again.Flush is { IsChained: false, Number: > 700 });
    }

    [Fact]
    public async Task A_lost_fence_makes_the_writer_begin_anew()
    {
        _writer.Write(("a", 1));
        (await _redis.NextAsync()).Answer(new RedisReply.Refused(-1, -1));

        Assert.False((await _redis.NextAsync()).Flush.IsChained);
    }

    [Fact]
    public async Task Pauses_between_retries_double_up_to_the_longest()
    {
        _writer.Write(("a", 1));
        (await _redis.NextAsync()).Answer(Lost);
        foreach (int longest in new[] { 100, 200, 400, 800, 1600, 2000, 2000 })
        {
            await WaitForPauseAsync();
            TimeSpan pause = _time.NextDue!.Value - _time.GetUtcNow();
            Assert.InRange(pause.TotalMilliseconds, (longest / 2) - 1, longest);
            (await NextAfterPauseAsync()).Answer(Lost);
        }
    }

    [Fact]
    public async Task A_success_ends_the_series_of_pauses()
    {
        _writer.Write(("a", 1));
        (await _redis.NextAsync()).Answer(Lost);
        (await NextAfterPauseAsync()).Answer(Lost);
        (await NextAfterPauseAsync()).Written();
        _writer.Write(("a", 2));
        (await _redis.NextAsync()).Answer(Lost);
        await WaitForPauseAsync();

        Assert.InRange((_time.NextDue!.Value - _time.GetUtcNow()).TotalMilliseconds, 49, 100);
    }

    [Theory]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.")]
    [InlineData("READONLY You can't write against a read only replica.")]
    [InlineData("LOADING Redis is loading the dataset in memory")]
    [InlineData("MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.")]
    public async Task A_transient_error_is_waited_for(string error)
    {
        _writer.Write(("a", 1));
        (await _redis.NextAsync()).Answer(RedisReply.Failed.From(error));
        (await NextAfterPauseAsync()).Written();
        await _writer.Harness.FlushAsync();

        Assert.Equal(1, _writer.Harness.Acknowledged);
    }

    [Fact]
    public async Task An_outage_is_shown_as_a_problem_until_it_is_over()
    {
        _writer.Write(("a", 1));
        (await _redis.NextAsync()).Answer(RedisReply.Failed.From("OOM command not allowed"));
        await WaitForPauseAsync();
        Assert.Equal("Redis at here:6379 does not accept writes (OOM command not allowed)", _writer.Harness.Problem);

        (await NextAfterPauseAsync()).Answer(Lost);
        await WaitForPauseAsync();
        Assert.Equal("Redis at here:6379 does not accept writes (gone)", _writer.Harness.Problem);

        (await NextAfterPauseAsync()).Written();
        await _writer.Harness.FlushAsync();
        Assert.Null(_writer.Harness.Problem);
    }

    [Fact]
    public async Task A_lost_script_is_loaded_again_without_a_pause()
    {
        _writer.Write(("a", 1));
        (await _redis.NextAsync()).Answer(RedisReply.Failed.From("NOSCRIPT No matching script."));

        Assert.Equal(["a=1"], (await _redis.NextAsync()).Rows);
    }

    [Theory]
    [InlineData("WRONGTYPE Operation against a key holding the wrong kind of value", "DEL querystream:fence:")]
    [InlineData("NOAUTH Authentication required.", "REDIS_PASSWORD")]
    [InlineData("NOPERM this user has no permissions to run the 'publish' command", "PUBLISH")]
    [InlineData("MOVED 3999 127.0.0.1:6381", "Redis Cluster")]
    [InlineData("ERR unknown command 'EVALSHA'", "Lua")]
    public async Task A_final_error_fails_the_task_with_what_to_do(string error, string remedy)
    {
        _writer.Write(("a", 1));
        (await _redis.NextAsync()).Answer(RedisReply.Failed.From(error));
        await Wait.UntilAsync("the failure", () => _writer.Harness.Failures.Count > 0);

        ServiceRefusedException e = Assert.IsType<ServiceRefusedException>(Assert.Single(_writer.Harness.Failures));
        Assert.Contains("here:6379", e.Message, StringComparison.Ordinal);
        Assert.Contains(error, e.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, e.Message, StringComparison.Ordinal);
        Assert.False(_writer.Harness.Writer.IsFlushed);
    }

    [Fact]
    public async Task A_task_that_a_newer_attempt_has_replaced_fails()
    {
        _writer.Write(("a", 1));
        (await _redis.NextAsync()).Answer(new RedisReply.Refused(1, 3));
        await Wait.UntilAsync("the failure", () => _writer.Harness.Failures.Count > 0);

        Assert.Contains(
            "obsolete", Assert.IsType<ServiceRefusedException>(Assert.Single(_writer.Harness.Failures)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task At_the_bound_of_rows_the_writer_is_full_until_a_quarter_is_free()
    {
        await ReopenAsync(new RedisSinkOptions { MaxPendingRows = 8, MaxFlushRows = 1, MaxFlushesInFlight = 1 });
        Assert.False(_writer.Harness.Writer.IsFull);
        _writer.Write([.. Enumerable.Range(0, 8).Select(i => ($"k{i}", i))]);
        Assert.True(_writer.Harness.Writer.IsFull);

        (await _redis.NextAsync()).Written();
        ScriptedRedis.Call second = await _redis.NextAsync();
        Assert.True(_writer.Harness.Writer.IsFull);

        second.Written();
        await _writer.Harness.UntilAsync("room", () => !_writer.Harness.Writer.IsFull);
    }

    [Fact]
    public async Task At_the_bound_of_bytes_the_writer_is_full()
    {
        await ReopenAsync(new RedisSinkOptions { MaxPendingBytes = 1000 });
        _writer.Write(("small", 1));
        Assert.False(_writer.Harness.Writer.IsFull);
        _writer.Write((new string('k', 1000), 1));
        Assert.True(_writer.Harness.Writer.IsFull);
    }

    [Fact]
    public async Task Rewriting_a_few_keys_during_an_outage_does_not_fill_the_writer()
    {
        await ReopenAsync(new RedisSinkOptions { MaxPendingRows = 8 });
        for (int i = 0; i < 10_000; i++)
        {
            _writer.Write(("a", i), ("b", i));
        }

        Assert.False(_writer.Harness.Writer.IsFull);
        (await _redis.NextAsync()).Answer(Lost);
        ScriptedRedis.Call again = await NextAfterPauseAsync();
        Assert.Equal(["a=9999", "b=9999"], again.Rows.Order());

        again.Written();
        await _writer.Harness.FlushAsync();
        Assert.Equal(20_000, _writer.Harness.Acknowledged);
    }

    [Fact]
    public async Task The_writer_is_flushed_when_all_rows_are_acknowledged()
    {
        Assert.True(_writer.Harness.Writer.IsFlushed);
        _writer.Write(("a", 1));
        Assert.False(_writer.Harness.Writer.IsFlushed);

        (await _redis.NextAsync()).Written();
        await _writer.Harness.UntilAsync("the answer", () => _writer.Harness.Writer.IsFlushed);
        Assert.Equal(1, _writer.Harness.Acknowledged);
    }

    [Fact]
    public void A_row_without_a_key_or_value_names_the_sink_and_leaves_the_batch_out()
    {
        Assert.Contains("'results'", Assert.Throws<JobDefinitionException>(() => _writer.Write(("a", 1), ("", 2))).Message, StringComparison.Ordinal);
        Assert.Contains("'b'", Assert.Throws<JobDefinitionException>(() => _writer.Write(("b", null))).Message, StringComparison.Ordinal);
        Assert.True(_writer.Harness.Writer.IsFlushed);
    }

    [Fact]
    public async Task Dispose_ends_the_writer_while_flushes_are_in_flight_and_gives_the_connection_back()
    {
        _writer.Write(("a", 1));
        await _redis.NextAsync();
        await _writer.DisposeAsync();

        Assert.True(_redis.IsDisposed);
        Assert.Empty(_writer.Harness.Failures);
    }

    [Fact]
    public async Task A_start_without_Redis_ends_with_the_address_and_the_setting()
    {
        WriterUnderTest writer = new(_redis, _time, new RedisSinkOptions { Address = "here:6379" });
        Task open = writer.Harness.OpenAsync();
        await Wait.UntilAsync("the start to be given up", async () =>
        {
            while (_redis.HasNext)
            {
                (await _redis.NextAsync()).Answer(new RedisReply.Unavailable("Connection refused"));
            }

            _time.Advance(TimeSpan.FromMilliseconds(500));
            return open.IsCompleted;
        });

        ServiceUnavailableException e = await Assert.ThrowsAsync<ServiceUnavailableException>(() => open);
        Assert.Equal("Connection refused to Redis at here:6379 (Connection refused); setting --redis or REDIS_ADDRESS", e.Message);
        Assert.Equal("here:6379", e.Address);
        await writer.DisposeAsync();
    }

    [Fact]
    public async Task A_start_that_is_cancelled_throws_so()
    {
        WriterUnderTest writer = new(_redis, _time, new RedisSinkOptions());
        using CancellationTokenSource stop = new();
        Task open = writer.Harness.Writer.OpenAsync(stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => open);
        await writer.DisposeAsync();
    }

    [Fact]
    public async Task A_start_after_another_writer_of_the_same_attempt_continues_above_its_numbers()
    {
        await _writer.DisposeAsync();
        _writer = new WriterUnderTest(_redis, _time, new RedisSinkOptions());
        Task open = _writer.Harness.OpenAsync();
        (await _redis.NextAsync()).Answer(new RedisReply.Refused(0, 41));

        // One timer is the start timeout, the other the retry delay.
        await Wait.UntilAsync("the pause before the next claim", () => _time.Timers == 2);
        ScriptedRedis.Call claim = await NextAfterPauseAsync();
        Assert.Equal((42, false, 0), (claim.Flush.Number, claim.Flush.IsChained, claim.Flush.Rows.Count));
        claim.Written();
        await open;
    }

    [Fact]
    public async Task A_start_of_a_replaced_attempt_and_a_start_that_is_refused_fail_at_once()
    {
        foreach (RedisReply reply in new RedisReply[] { new RedisReply.Refused(5, 1), RedisReply.Failed.From("WRONGTYPE wrong") })
        {
            WriterUnderTest writer = new(_redis, _time, new RedisSinkOptions());
            Task open = writer.Harness.OpenAsync();
            (await _redis.NextAsync()).Answer(reply);

            await Assert.ThrowsAsync<ServiceRefusedException>(() => open);
            await writer.DisposeAsync();
        }
    }

    private async Task<WriterUnderTest> OpenAsync(RedisSinkOptions options)
    {
        WriterUnderTest writer = new(_redis, _time, options);
        Task open = writer.Harness.OpenAsync();
        ScriptedRedis.Call claim = await _redis.NextAsync();
        Assert.Empty(claim.Flush.Rows);
        claim.Written();
        await open;
        return writer;
    }

    private async Task ReopenAsync(RedisSinkOptions options)
    {
        await _writer.DisposeAsync();
        _writer = await OpenAsync(options);
    }

    private Task WaitForPauseAsync() => Wait.UntilAsync("the pause before a retry", () => _time.NextDue is not null);

    private async Task<ScriptedRedis.Call> NextAfterPauseAsync()
    {
        await WaitForPauseAsync();
        _time.AdvanceTo(_time.NextDue!.Value);
        return await _redis.NextAsync();
    }
}
