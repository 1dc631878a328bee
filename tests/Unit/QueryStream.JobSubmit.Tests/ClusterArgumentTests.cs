using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Client;

namespace QueryStream.JobSubmit.Tests;

/// <summary>Arguments that are about a cluster, or written for Flink.</summary>
public sealed class ClusterArgumentTests
{
    [Theory]
    [InlineData("coordinator-1:8081", "http://coordinator-1:8081/")]
    [InlineData("127.0.0.1:80", "http://127.0.0.1/")]
    [InlineData("[::1]:8081", "http://[::1]:8081/")]
    [InlineData("https://flink.example.com:443", "https://flink.example.com/")]
    [InlineData("http://host:8081/", "http://host:8081/")]
    [InlineData("host", null)]
    [InlineData("host:", null)]
    [InlineData("host:port", null)]
    [InlineData("host:70000", null)]
    [InlineData("host:8081/path", null)]
    [InlineData("ftp://host:21", null)]
    [InlineData("", null)]
    public void An_address_is_host_and_port(string text, string? expected) => Assert.Equal(expected, ClusterAddress.TryParse(text)?.ToString());

    [Theory]
    [InlineData("coordinator-1:8081", "https://coordinator-1:8081/")]
    [InlineData("https://coordinator-1:8081", "https://coordinator-1:8081/")]
    public void With_certificates_an_address_is_one_with_TLS(string text, string expected) =>
        Assert.Equal(expected, ClusterAddress.Resolve(text, hasTls: true).ToString());

    [Fact]
    public void With_certificates_an_address_without_TLS_is_refused() => Assert.Contains(
        "'http://host:8081' is not allowed with certificates, since it is without TLS. Write https:// or HOST:PORT",
        Assert.Throws<UsageException>(() => ClusterAddress.Resolve("http://host:8081", hasTls: true)).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(null, "/opt/querystream/querystream", "QueryStream")]
    [InlineData(null, "/usr/bin/dotnet", "QueryStream")]
    [InlineData(null, "/opt/querystream/flink", "Flink")]
    [InlineData(null, "C:/tools/flink.exe", "Flink")]
    [InlineData(null, "/opt/querystream/pbm", "Pbm")]
    [InlineData("flink", "/usr/bin/dotnet", "Flink")]
    [InlineData("pbm", "/usr/bin/dotnet", "Pbm")]
    [InlineData("querystream", "/opt/flink", "QueryStream")]
    [InlineData("", null, "QueryStream")]
    public void The_name_of_the_program_is_told_by_the_script_or_is_that_of_the_file(string? variable, string? path, string expected) =>
        Assert.Equal(expected, CommandName.Parse(variable, path).ToString());

    [Theory]
    [InlineData("list -a", "list -a")]
    [InlineData("cancel abc", "cancel abc")]
    [InlineData("run job.dll", "run job.dll")]
    [InlineData("run -d -c Job -p 2 job.dll --rate 5 --name x", "run -d -c Job -p 2 job.dll -- --rate=5 --name=x")]
    [InlineData("run --fromSavepoint file:///s -n job.dll --topic=t --flag", "run --fromSavepoint file:///s -n job.dll -- --topic=t --flag")]
    [InlineData("run -Dkey=value -m h:1 job.dll one two", "run -Dkey=value -m h:1 job.dll -- one two")]
    [InlineData("run job.dll -- --a=b", "run job.dll -- --a=b")]
    [InlineData("info -c Job job.dll --a b", "info -c Job job.dll -- --a=b")]
    [InlineData("run", "run")]
    public void Arguments_of_the_program_become_settings(string arguments, string expected) =>
        Assert.Equal(expected, string.Join(' ', FlinkArguments.Translate(arguments.Split(' '))));

    [Theory]
    [InlineData("cluster show", "cluster show")]
    [InlineData("10.0.0.1:8081 cluster show", "cluster show --coordinator 10.0.0.1:8081")]
    [InlineData("localhost:8081", "localhost:8081")]
    public void The_node_that_pbm_asks_may_come_first(string arguments, string expected) =>
        Assert.Equal(expected, string.Join(' ', PbmArguments.Translate(arguments.Split(' '))));

    [Theory]
    [InlineData("ABCDEF0123456789abcdef0123456789", "abcdef0123456789abcdef0123456789")]
    public void The_id_of_a_job_has_one_spelling(string text, string expected) => Assert.Equal(expected, ClusterOption.ParseJobId(text));
}
