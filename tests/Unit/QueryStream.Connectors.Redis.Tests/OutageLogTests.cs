using Microsoft.Extensions.Logging;
using QueryStream.Connectors.Redis.Client;
using QueryStream.TestKit;
using QueryStream.TestKit.Logging;

namespace QueryStream.Connectors.Redis.Tests;

public sealed class OutageLogTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly LogCollector _lines = new();
    private readonly OutageLog _outage;

    public OutageLogTests()
    {
        _outage = new OutageLog(_lines, RedisAddress.Parse("here:6379"), _time);
        _outage.OnSuccess();
    }

    public void Dispose() => _outage.Dispose();

    [Fact]
    public void Twelve_seconds_without_memory_that_flap_eight_times_a_second_are_one_line_when_they_begin_and_one_when_they_are_over()
    {
        Flap(TimeSpan.FromSeconds(12));
        _time.Advance(OutageLog.QuietTime);

        Assert.Equal(
            [
                (LogLevel.Information, "Connected to Redis at here:6379"),
                (LogLevel.Warning, "Redis at here:6379 does not accept writes (OOM command not allowed); they are kept and retried"),
                (LogLevel.Information, "Redis at here:6379 accepts writes again; the outage lasted 11.9 s"),
            ],
            _lines.Lines.Select(line => (line.Level, line.Message)));
    }

    [Fact]
    public void While_an_outage_lasts_there_is_one_line_a_minute()
    {
        Flap(TimeSpan.FromMinutes(5));

        Assert.Equal(5, _lines.Of(LogLevel.Warning).Count);
        Assert.EndsWith(
            "has not accepted all writes for 60 s (OOM command not allowed); they are kept and retried",
            _lines.Of(LogLevel.Warning)[1],
            StringComparison.Ordinal);
        Assert.Single(_lines.Of(LogLevel.Information));
    }

    [Fact]
    public void An_outage_is_over_only_when_something_worked()
    {
        _outage.OnFailure("gone");
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Single(_lines.Of(LogLevel.Information));

        _outage.OnSuccess();
        _time.Advance(OutageLog.QuietTime);
        Assert.Equal("Redis at here:6379 accepts writes again; the outage lasted 0 s", _lines.Of(LogLevel.Information)[1]);
    }

    [Fact]
    public void One_success_and_nothing_more_to_write_is_the_end_of_an_outage()
    {
        _outage.OnFailure("gone");
        _time.Advance(TimeSpan.FromSeconds(1));
        _outage.OnSuccess();
        _time.Advance(OutageLog.QuietTime - TimeSpan.FromMilliseconds(1));
        Assert.Single(_lines.Of(LogLevel.Information));

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, _lines.Of(LogLevel.Information).Count);
    }

    [Fact]
    public void The_next_outage_is_a_new_one()
    {
        for (int i = 1; i <= 3; i++)
        {
            _outage.OnFailure("gone");
            _outage.OnSuccess();
            _time.Advance(OutageLog.QuietTime);

            Assert.Equal(i, _lines.Of(LogLevel.Warning).Count);
            Assert.Equal(1 + i, _lines.Of(LogLevel.Information).Count);
        }
    }

    [Fact]
    public void Failures_before_the_first_success_and_all_that_comes_after_the_end_are_not_logged()
    {
        using OutageLog unconnected = new(_lines, RedisAddress.Parse("there:6379"), _time);
        unconnected.OnFailure("gone");
        _outage.OnFailure("gone");
        _outage.OnSuccess();
        _outage.Dispose();
        _outage.OnFailure("closed");
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(2, _lines.Lines.Count);
    }

    private void Flap(TimeSpan duration)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < duration; passed += TimeSpan.FromSeconds(0.125))
        {
            _outage.OnFailure("OOM command not allowed");
            _time.Advance(TimeSpan.FromSeconds(0.0625));
            _outage.OnSuccess();
            _time.Advance(TimeSpan.FromSeconds(0.0625));
        }
    }
}
