using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QueryStream.Core.Errors;
using QueryStream.Hosting;
using QueryStream.TestKit;

namespace QueryStream.Local.Tests;

/// <summary>The last lines that a process keeps.</summary>
public sealed class RecentLogTests
{
    private readonly ManualTime _time = new();
    private readonly RecentLog _log;

    public RecentLogTests() => _log = new RecentLog(_time);

    [Fact]
    public void The_last_lines_come_out_in_order_and_fewer_where_there_are_fewer()
    {
        _log.Append("một\n");
        _log.Append("two\r\nthree\r\n");

        Assert.Equal("một\ntwo\nthree\n", Text());
        Assert.Equal("two\nthree\n", Text(2));
        Assert.Equal("một\ntwo\nthree\n", Text(9));
        Assert.Equal(Encoding.UTF8.GetByteCount("một\ntwo\nthree\n"), _log.Size);
    }

    [Fact]
    public void The_time_of_the_last_line_is_known()
    {
        DateTimeOffset start = _log.WrittenAt;
        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(start, _log.WrittenAt);

        _log.Append("a");

        Assert.Equal(start + TimeSpan.FromMinutes(3), _log.WrittenAt);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(RecentLog.MaxLineLength)]
    public void It_never_takes_more_than_its_size_and_drops_the_oldest_lines(int length)
    {
        string line = new('x', length);
        for (int i = 0; i < 2 * RecentLog.MaxBytes / (length + 20); i++)
        {
            _log.Append(line);
        }

        _log.Append("last");

        // Empty lines have a size too, so that their number is bounded.
        Assert.InRange(_log.Size, RecentLog.MaxBytes / 64, RecentLog.MaxBytes);
        Assert.EndsWith($"{line}\nlast\n", Text(), StringComparison.Ordinal);
        Assert.Equal(_log.Size, _log.Tail().Length);
        Assert.InRange(Text().Count(c => c == '\n'), 1, RecentLog.MaxBytes / 32);
    }

    [Fact]
    public void Of_a_line_that_is_too_long_the_beginning_is_kept_without_half_a_character()
    {
        string begin = new('x', RecentLog.MaxLineLength - 1);
        _log.Append($"{begin}😀😀");

        Assert.Equal($"{begin}... (4 more characters)\n", Text());
    }

    [Fact]
    public async Task Events_of_several_threads_keep_their_lines_together()
    {
        const int Threads = 8;
        const int Events = 500;
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < Events; i++)
            {
                _log.Append($"{thread}-{i} begins\n{thread}-{i} ends");
                _log.Tail(10);
            }
        })));

        string[] lines = Text().Split('\n')[..^1];
        Assert.Equal(Threads * Events * 2, lines.Length);
        for (int i = 0; i < lines.Length; i += 2)
        {
            Assert.Equal(lines[i].Replace("begins", "ends", StringComparison.Ordinal), lines[i + 1]);
        }
    }

    [Fact]
    public void A_host_keeps_what_it_logs_in_the_format_of_the_console_without_levels_that_are_off()
    {
        HostApplicationBuilder builder = LocalHost.CreateBuilder();
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create<string, string?>("Logging:LogLevel:Default", "Information")]);
        LocalHost.KeepRecentLog(builder);
        using IHost host = builder.Build();
        ILogger log = host.Services.GetRequiredService<ILogger<RecentLogTests>>();

#pragma warning disable CA1848 // what is logged does not matter here
        log.LogDebug("Not kept");
        log.LogInformation("Kept");
        log.LogError(new InvalidOperationException("broken"), "Failed");
        log.LogError(new SettingException("a", "is reported as the last line"), "Failed too");
#pragma warning restore CA1848

        string[] lines = Encoding.UTF8.GetString(host.Services.GetRequiredService<RecentLog>().Tail()).Split('\n')[..^1];
        Assert.Equal(2, lines.Length);
        Assert.Matches("^[0-9:.]{12} INFO  Kept$", lines[0]);
        Assert.Matches(@"^[0-9:.]{12} ERROR Failed: InvalidOperationException: broken \(", lines[1]);
    }

    private string Text(int lines = int.MaxValue) => Encoding.UTF8.GetString(_log.Tail(lines));
}
