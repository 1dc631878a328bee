using QueryStream.Cluster.Host.Properties;
using QueryStream.Core.Errors;
using QueryStream.Rest;

namespace QueryStream.Cluster.Host.Tests;

public sealed class ProcessPropertiesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-properties-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_command_line_wins_over_both_variables_and_those_over_the_file()
    {
        File.WriteAllText(
            Path.Combine(_folder.FullName, "appsettings.json"),
            """
            {
              "Logging": { "LogLevel": { "Default": "Debug" } },
              "slot.request.timeout": "1min",
              "taskmanager": { "numberOfTaskSlots": 1, "resource-id": "file" },
              "rest.port": 1, "parallelism.default": 1
            }
            """);
        ProcessProperties properties = Read(
            flink: "taskmanager.numberOfTaskSlots: 2\nrest.port: 2\nparallelism.default: 2\n",
            own: "\n# comment\r\n  rest.port: 3\r\nparallelism.default: 3",
            "parallelism.default=4");

        Assert.Equal(
            ("1min", "file", "2", "3", "4"),
            (properties.Find("slot.request.timeout"), properties.Find("taskmanager.resource-id"), properties.Find("taskmanager.numberOfTaskSlots"),
                properties.Find("rest.port"), properties.Find("parallelism.default")));
        Assert.Null(properties.Find("taskmanager.host"));
    }

    [Fact]
    public void Each_role_takes_what_concerns_it()
    {
        ProcessProperties properties = Read(
            flink: "jobmanager.rpc.address: boss\njobmanager.rpc.port: 7\ntaskmanager.numberOfTaskSlots: 3\nparallelism.default: 5\n"
                + "high-availability.cluster-id: blue\nakka.loglevel: DEBUG\nakka.cluster.gossip-interval: 50ms");

        Dictionary<string, string?> coordinator = properties.Under([], NodeRole.Coordinator);
        Assert.Equal(
            ["QueryStream:Cluster:Akka", "QueryStream:Cluster:Host", "QueryStream:Cluster:Name", "QueryStream:Cluster:Port",
                "QueryStream:Rest:DefaultParallelism"],
            coordinator.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("boss", "7", "blue"), (coordinator["QueryStream:Cluster:Host"], coordinator["QueryStream:Cluster:Port"],
            coordinator["QueryStream:Cluster:Name"]));
        Assert.Equal("akka.loglevel = DEBUG\nakka.cluster.gossip-interval = 50ms", coordinator["QueryStream:Cluster:Akka"]);

        Dictionary<string, string?> worker = properties.Under([], NodeRole.Worker);
        Assert.Equal(("boss:7", "3", "blue"), (worker["QueryStream:Cluster:Coordinator"], worker["QueryStream:Worker:Slots"],
            worker["QueryStream:Cluster:Name"]));
    }

    [Fact]
    public void Options_of_the_command_line_win_over_keys()
    {
        ProcessProperties properties = Read(flink: "", own: "taskmanager.numberOfTaskSlots: 3", "taskmanager.resource-id=a");
        Dictionary<string, string?> all = properties.Under(
            [KeyValuePair.Create("QueryStream:Worker:Slots", (string?)"9"), KeyValuePair.Create("QueryStream:Worker:Name", (string?)null)],
            NodeRole.Worker);
        Assert.Equal(("9", "a"), (all["QueryStream:Worker:Slots"], all["QueryStream:Worker:Name"]));
    }

    [Fact]
    public void Settings_of_the_engine_are_for_jobs_that_do_not_set_them()
    {
        JobDefaults defaults = PropertyKeys.JobDefaults(
            Read(flink: "execution.checkpointing.interval: 7s\nrestart-strategy.type: fixed-delay\nparallelism.default: 5"));
        Assert.Equal(["execution.checkpointing.interval", "restart-strategy.type"], defaults.Values.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(
        "taskmanager.numberOfSlots: 2", "",
        "taskmanager.numberOfSlots", "the nearest key is taskmanager.numberOfTaskSlots", "line 1 of FLINK_PROPERTIES")]
    [InlineData(
        "", "taskmanager.numberOfTaskSlots 2",
        "QUERYSTREAM_PROPERTIES", "line 1 is no setting", "KEY: VALUE")]
    [InlineData(
        "", "\nexecution.checkpointing.intervall: 2s",
        "execution.checkpointing.intervall", "nearest key is execution.checkpointing.interval", "line 2 of QUERYSTREAM_PROPERTIES")]
    public void A_line_that_is_wrong_is_named(string flink, string own, string setting, string problem, string remedy)
    {
        SettingException error = Assert.Throws<SettingException>(() => Read(flink, own));
        Assert.Equal(setting, error.Setting);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_key_of_the_file_is_an_error_and_a_section_of_dotnet_is_none()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "appsettings.json"), """{ "AllowedHosts": "*", "rest": { "prot": 1 } }""");
        SettingException error = Assert.Throws<SettingException>(() => Read());
        Assert.Equal("rest.prot", error.Setting);
        Assert.Equal("is unknown; the nearest key is rest.port. It is set by appsettings.json.", error.Problem);
    }

    [Fact]
    public void A_wrong_value_is_named_by_the_key_that_the_user_has_set()
    {
        SettingException wrong = new("QueryStream:Worker:Slots", "0 is not allowed.");
        SettingException renamed = Read(own: "taskmanager.numberOfTaskSlots: 0").Renamed(wrong, NodeRole.Worker);
        Assert.Equal("taskmanager.numberOfTaskSlots", renamed.Setting);
        Assert.Equal("0 is not allowed. It is set by line 1 of QUERYSTREAM_PROPERTIES.", renamed.Problem);
        Assert.Same(wrong, Read().Renamed(wrong, NodeRole.Worker));
    }

    [Theory]
    [InlineData("1728m", 1728L << 20)]
    [InlineData("2g", 2L << 30)]
    [InlineData("2 GB", 2L << 30)]
    [InlineData("512MB", 512L << 20)]
    [InlineData("300000000", 300_000_000)]
    [InlineData("300000kb", 300_000L << 10)]
    [InlineData("1t", 1L << 40)]
    public void A_size_has_the_syntax_of_flink(string text, long size)
    {
        Assert.True(MemoryLimit.TryParse(text, out long parsed));
        Assert.Equal(size, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("-5m")]
    [InlineData("1.5g")]
    [InlineData("0")]
    [InlineData("5 q")]
    [InlineData("99999999999g")]
    public void What_is_no_size_is_refused(string text) => Assert.False(MemoryLimit.TryParse(text, out _));

    private ProcessProperties Read(string flink = "", string own = "", params string[] commandLine) => ProcessProperties.Read(
        _folder.FullName,
        name => name switch { "FLINK_PROPERTIES" => flink, "QUERYSTREAM_PROPERTIES" => own, _ => throw new ArgumentException(name) },
        commandLine);
}
