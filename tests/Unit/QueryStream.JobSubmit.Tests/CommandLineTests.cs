using QueryStream.JobSubmit.Arguments;

namespace QueryStream.JobSubmit.Tests;

/// <summary>Everything that is checked before the command connects or starts anything.</summary>
public sealed class CommandLineTests
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    [Theory]
    [InlineData(
        "",
        "'querystream' needs a command: demo, run, list, info, events, why, cancel, stop, savepoint, rescale, state, cluster, logs, "
        + "coordinator, worker, jobs, produce, bench, checkpoint, chaos.")]
    [InlineData(
        "fly",
        "There is no command 'fly'. There are: demo, run, list, info, events, why, cancel, stop, savepoint, rescale, state, cluster, logs, "
        + "coordinator, worker, jobs, produce, bench, checkpoint, chaos.")]
    [InlineData("cluster", "'cluster' needs a command: start, stop, show, shards, members, leave, down, down-unreachable, certificates.")]
    [InlineData("cluster start --workers 0", "Option '--workers': '0' is not allowed. Allowed: a whole number, 1 to 256.")]
    [InlineData("cluster start --http-port 0", "Option '--http-port': '0' is not allowed. Allowed: a whole number, 1 to 65535.")]
    [InlineData("cluster start --token x", "'start' has no option '--token'. There are: --http-port, --port, --slots, --workers.")]
    [InlineData("cluster leave", "'leave' needs a process: NODE or -a NODE. querystream cluster members lists them.")]
    [InlineData(
        "cluster sharts",
        "There is no command 'sharts'. There are: start, stop, show, shards, members, leave, down, down-unreachable, certificates.")]
    [InlineData("demo --fly", "'demo' has no option '--fly'. There are: --duration, --json, --parallelism, --rate, --seed, --slots, --workers.")]
    [InlineData(
        "demo --fly=1s",
        "'demo' has no option '--fly'. There are: --duration, --json, --parallelism, --rate, --seed, --slots, --workers. "
        + "Settings of the job come after --: querystream demo ... -- --fly=1s")]
    [InlineData(
        "run WordCount.dll --local --gap=5s",
        "'run' has no option '--gap'. There are: --allow-non-restored-state, --bounded, --class, --coordinator, --detached, --drain, "
        + "--from-savepoint, --if-absent, --json, --kafka, --local, --name, --on-interrupt, --parallelism, --redis, --slots, --stop-with-savepoint, "
        + "--tls, --wait, --workers, -D. "
        + "Settings of the job come after --: querystream run ... -- --gap=5s")]
    [InlineData(
        "bench analytics --lateness=5s",
        "'analytics' has no option '--lateness'. There are: --events, --json, --kafka, --parallelism, --redis, --topic, -D. "
        + "Settings of the job come after --: querystream bench analytics ... -- --lateness=5s")]
    [InlineData("jobs --lateness=5s", "'jobs' has no option '--lateness'. It has none.")]
    [InlineData("demo fly", "'demo' does not expect 'fly'. See querystream demo --help.")]
    [InlineData("demo --rate 0", "Option '--rate': '0' is not allowed. Allowed: a whole number, 1 to 10000000.")]
    [InlineData("demo --rate 1e3", "Option '--rate': '1e3' is not allowed. Allowed: a whole number, 1 to 10000000.")]
    [InlineData("demo --duration 5", "Option '--duration': '5' is not allowed. Allowed: a duration with a unit: 500ms, 30s, 2min, 1h.")]
    [InlineData("demo --duration 0s", "Option '--duration': '0s' is not allowed. Allowed: a duration with a unit: 500ms, 30s, 2min, 1h.")]
    [InlineData("demo --seed -1", "Option '--seed': '-1' is not allowed. Allowed: a whole number, 0 or more.")]
    [InlineData("demo --workers 257", "Option '--workers': '257' is not allowed. Allowed: a whole number, 1 to 256.")]
    [InlineData("demo --slots 0", "Option '--slots': '0' is not allowed. Allowed: a whole number, 1 to 1024.")]
    [InlineData("run", "Which job? There are: query-analytics, event-counts, patterns; or give the path of your own JOB.dll.")]
    [InlineData("run fly", "There is no job 'fly'. There are: query-analytics, event-counts, patterns; or give the path of your own JOB.dll.")]
    [InlineData("run --local", "Which job? There are: query-analytics, event-counts, patterns; or give the path of your own JOB.dll.")]
    [InlineData(
        "run fly --local", "There is no job 'fly'. There are: query-analytics, event-counts, patterns; or give the path of your own JOB.dll.")]
    [InlineData(
        "run query-analytics --local -- lateness=5s", "Setting 'lateness=5s': is not a setting. Write --name=value, for example --window=10s.")]
    [InlineData("run query-analytics --local -- --lateness", "Setting '--lateness': is not a setting. Write --name=value, for example --window=10s.")]
    [InlineData("run query-analytics --local -- --lateness=5s --lateness=6s", "Setting 'lateness': is given twice.")]
    [InlineData(
        "run query-analytics --local -- --lateness=5",
        "Setting 'lateness': '5' is not a duration: a number with a unit, 500ms, 5s, 2min, 1h or 30d.")]
    [InlineData("jobs -- --lateness=5s", "'jobs' takes no settings after --.")]
    public Task A_wrong_path_is_one_line_that_names_the_possible_ones(string arguments, string error) => IsRefusedAsync(arguments, error);

    [Theory]
    [InlineData("produce", "'produce' needs a command: queries.")]
    [InlineData("produce queries --rate fast", "Option '--rate': 'fast' is not allowed. Allowed: a whole number, 1 to 10000000, or max.")]
    [InlineData("produce queries --kind odd", "Option '--kind': 'odd' is not allowed. Allowed: queries or distinct.")]
    [InlineData("produce queries --events 0", "Option '--events': '0' is not allowed. Allowed: a whole number, 1 to 100000000000.")]
    [InlineData("produce queries --partitions 0", "Option '--partitions': '0' is not allowed. Allowed: a whole number, 1 to 10000.")]
    [InlineData(
        "produce queries --kafka foo",
        "Option '--kafka': 'foo' is not allowed. Allowed: HOST:PORT, or several separated by commas; for example localhost:9092.")]
    [InlineData(
        "run query-analytics --local --kafka foo",
        "Option '--kafka': 'foo' is not allowed. Allowed: HOST:PORT, or several separated by commas; for example localhost:9092.")]
    [InlineData("bench analytics fly", "'analytics' does not expect 'fly'. See querystream bench analytics --help.")]
    [InlineData("info", "Which job? There are: query-analytics, event-counts, patterns; or give the path of your own JOB.dll.")]
    [InlineData("info fly", "There is no job 'fly'. There are: query-analytics, event-counts, patterns; or give the path of your own JOB.dll.")]
    [InlineData("info query-analytics --format xml", "Option '--format': 'xml' is not allowed. Allowed: text, json or mermaid.")]
    [InlineData(
        "info query-analytics --parallelism 129",
        "Job 'Query Analytics Streaming' cannot run with parallelism 129: 1 to 128, its number of key groups, are possible.")]
    [InlineData(
        "info query-analytics -- --lateness=5", "Setting 'lateness': '5' is not a duration: a number with a unit, 500ms, 5s, 2min, 1h or 30d.")]
    [InlineData(
        "chaos --faults kill",
        "Option '--faults': 'kill' is not allowed. Allowed: some of kill-worker,kill-leader,pause-worker,pause-leader,outage, each once.")]
    [InlineData("chaos --faults outage", "--faults has 'outage' where --outage says of what: give both, or none.")]
    [InlineData("chaos --outage kafka", "Option '--outage': 'kafka' is not allowed. Allowed: NAME=PROGRAM, of a program that exists.")]
    [InlineData("chaos --outage k=/nowhere", "Option '--outage': 'k=/nowhere' is not allowed. Allowed: NAME=PROGRAM, of a program that exists.")]
    [InlineData("chaos --local --workers 3", "--workers is about a cluster: leave out --local, or --workers.")]
    [InlineData("chaos --report chaos.pdf", "Option '--report': 'chaos.pdf' is not allowed. Allowed: a file FILE.md, FILE.json or FILE.txt.")]
    [InlineData("chaos --local --rounds 0", "Option '--rounds': '0' is not allowed. Allowed: a whole number, 1 to 10000.")]
    [InlineData("chaos --local --keys 0", "Option '--keys': '0' is not allowed. Allowed: a whole number, 1 to 1000000.")]
    [InlineData("chaos --local -- --topic=mine", "'chaos' sets 'topic' itself.")]
    [InlineData("chaos --local -- --delivery=twice", "Setting 'delivery': 'twice' is not one of at-least-once, exactly-once.")]
    [InlineData("chaos --local --dir /dev/null", "The folder ", false)]
    [InlineData("bench", "'bench' needs a command: analytics.")]
    [InlineData("bench fly", "There is no command 'fly'. There are: analytics.")]
    public Task A_wrong_option_is_one_line_that_names_the_possible_ones(string arguments, string error, bool isWhole = true) =>
        IsRefusedAsync(arguments, error, isWhole);

    [Theory]
    [InlineData("run query-analytics --workers 2", "--workers is about a cluster in this process: add --local, or leave it out.")]
    [InlineData(
        "run query-analytics --stop-with-savepoint /tmp",
        "--stop-with-savepoint and --drain of 'run' are for --local. On a cluster: querystream stop JOB-ID [-p DIR] [--drain].")]
    [InlineData(
        "run query-analytics --local --if-absent",
        "--if-absent is about a job of a cluster, and --local runs the job in this process: leave out one of them.")]
    [InlineData(
        "run query-analytics --local -m localhost:8081",
        "--coordinator is about a job of a cluster, and --local runs the job in this process: leave out one of them.")]
    [InlineData("run query-analytics --wait -1", "Option '--wait': '-1' is not allowed. Allowed: a whole number, 0 to 86400.")]
    [InlineData("run query-analytics --on-interrupt fly", "Option '--on-interrupt': 'fly' is not allowed. Allowed: cancel or detach.")]
    [InlineData("list --coordinator fly", "Option '--coordinator': 'fly' is not allowed. Allowed: HOST:PORT, for example localhost:8081.")]
    [InlineData("list -m host:80/path", "Option '--coordinator': 'host:80/path' is not allowed. Allowed: HOST:PORT, for example localhost:8081.")]
    [InlineData(
        "cancel zzz", "Cannot parse JobID from \"zzz\". The expected format is [0-9a-fA-F]{32}, e.g. fd72014d4c864993a2e5a9287b4a9c5d.")]
    [InlineData(
        "rescale zzz -p 2", "Cannot parse JobID from \"zzz\". The expected format is [0-9a-fA-F]{32}, e.g. fd72014d4c864993a2e5a9287b4a9c5d.")]
    [InlineData("rescale ffffffffffffffffffffffffffffffff", "'rescale' needs a parallelism: --parallelism N.")]
    [InlineData(
        "rescale ffffffffffffffffffffffffffffffff --parallelism 0",
        "Option '--parallelism': '0' is not allowed. Allowed: a whole number, 1 to 32768.")]
    [InlineData("list fly", "'list' does not expect 'fly'. See querystream list --help.")]
    [InlineData("state", "'state' needs a command: get.")]
    [InlineData("state get job sums 1 --timeout soon", "--timeout soon is no duration. Write 10s or 1min.")]
    public async Task Options_about_a_cluster_that_are_not_possible_are_one_line(string arguments, string error)
    {
        Assert.Equal(1, await RunAsync(arguments));

        Assert.Equal($"ERROR: {error}", Assert.Single(_errors.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)));
    }

    [Theory]
    [InlineData("", "'pbm' needs a command: cluster, cluster-sharding, actor.")]
    [InlineData("cluster fly", "There is no command 'fly'. There are: show, leave, down, down-unreachable, join.")]
    [InlineData("cluster show fly", "'show' does not expect 'fly'. See pbm cluster show --help.")]
    [InlineData("cluster join", "'join' needs a process: NODE or -a NODE. querystream cluster members lists them.")]
    [InlineData("cluster-sharding fly", "There is no command 'fly'. There are: list-regions, region-stats, list-shards.")]
    [InlineData("actor", "'actor' needs a command: hierarchy.")]
    public async Task A_wrong_command_of_pbm_is_one_line_too(string arguments, string error)
    {
        Assert.Equal(1, await RunAsync(arguments, ProgramName.Pbm));

        Assert.Equal($"ERROR: {error}", _errors.ToString().TrimEnd());
        Assert.Equal("", _output.ToString());
    }

    [Theory]
    [InlineData("run query-analytics --local -D interval", "Setting 'interval': is not a setting of the engine. Write -D KEY=VALUE, for example "
        + "-D execution.checkpointing.interval=10s.")]
    [InlineData(
        "run query-analytics --local -Drestart-strategy.type=none -D restart-strategy.type=none",
        "Setting 'restart-strategy.type': is given twice.")]
    [InlineData("run query-analytics --local -Drestart-strategy.type=never", "Setting 'restart-strategy.type': 'never' is not one of ", false)]
    [InlineData(
        "run query-analytics --local -D execution.checkpointing.dirr=/c",
        "Setting 'execution.checkpointing.dirr': is unknown. There are: ", false)]
    [InlineData(
        "run query-analytics --local --drain",
        "Setting 'drain': belongs to stop-with-savepoint, which is not given: name the savepoint's directory.")]
    [InlineData("bench analytics -Dexecution.checkpointing.interval=5", "Setting 'execution.checkpointing.interval': '5' is not a duration", false)]
    [InlineData("bench analytics -D execution.checkpointing.dirr=/c", "Setting 'execution.checkpointing.dirr': is unknown. There are: ", false)]
    [InlineData("run query-analytics --local --from-savepoint", "Required argument missing for option: '--from-savepoint'.")]
    public async Task Options_of_state_that_are_not_possible_are_one_line(string arguments, string error, bool isWhole = true)
    {
        Assert.Equal(1, await RunAsync(arguments));

        string line = Assert.Single(_errors.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal($"ERROR: {error}", isWhole ? line : line[..Math.Min(line.Length, error.Length + 7)]);
    }

    [Fact]
    public async Task An_unknown_setting_is_told_with_those_that_there_are()
    {
        Assert.Equal(1, await RunAsync("run query-analytics --local -- --fly=1"));

        string line = Assert.Single(_errors.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("ERROR: Setting 'fly': is unknown. There are: bounded, channel,", line, StringComparison.Ordinal);
        Assert.Contains("window.response_time", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Jobs_are_listed_with_every_setting_and_its_default()
    {
        Assert.Equal(0, await RunAsync("jobs"));

        string[] lines = _output.ToString().Split(Environment.NewLine);
        Assert.StartsWith("query-analytics  Query Analytics Streaming: ", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("  window.popular_queries_by_year  2min ", StringComparison.Ordinal));
        Assert.Contains(
            lines, line => line.Contains("student-types", StringComparison.Ordinal) && line.Contains("Sinh viên", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("ttl ", StringComparison.Ordinal) && line.Contains("30d", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--help", "demo")]
    [InlineData("run --help", "--bounded")]
    [InlineData("demo -h", "--duration <D>")]
    [InlineData("produce queries --help", "--kind <queries|distinct>")]
    [InlineData("bench analytics --help", "--topic <T>")]
    public async Task Help_is_no_error(string arguments, string part)
    {
        Assert.Equal(0, await RunAsync(arguments));

        Assert.Contains(part, _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_shows_values_as_they_are_typed()
    {
        await RunAsync("produce queries --help");

        Assert.DoesNotContain("Queries]", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Unset: queries", _output.ToString(), StringComparison.Ordinal);
    }

    private Task<int> RunAsync(string arguments, ProgramName program = ProgramName.QueryStream) => CommandLine.RunAsync(
        arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        new Terminal(_output, _errors, IsInteractive: false),
        CancellationToken.None,
        program: program);

    private async Task IsRefusedAsync(string arguments, string error, bool isWhole = true)
    {
        Assert.Equal(1, await RunAsync(arguments));

        string line = Assert.Single(_errors.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal($"ERROR: {error}", isWhole ? line : line[..Math.Min(line.Length, error.Length + 7)]);
        Assert.Equal("", _output.ToString());
    }
}
