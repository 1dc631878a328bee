using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using QueryStream.Blobs;
using QueryStream.Coordinator;
using QueryStream.Rest.Uploads;
using QueryStream.Testing.Rest;

namespace QueryStream.Rest.Tests;

/// <summary>Jobs that are uploaded as files, and run from there.</summary>
public sealed class UploadTests
{
    private static readonly byte[] DependsOnDevice = """
        {"runtimeTarget":{"name":"x"},"targets":{"x":{"a/1":{"runtime":{"a.dll":{}},"runtimeTargets":{"/dev/zero":{}}}}}}
        """u8.ToArray();

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "")]
    [InlineData(true, "publish/")]
    public async Task An_uploaded_job_is_listed_planned_and_run(bool isZip, string folder)
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 2);
        using RestClient client = new(cluster);
        byte[] jobs = Zips.Jobs(cluster);

        (HttpStatusCode status, JsonNode upload) = isZip
            ? await client.UploadAsync("việc.zip", Zips.Of(($"{folder}Việc.dll", jobs, null), ($"{folder}readme.txt", [1], null)))
            : await client.UploadAsync("Việc.dll", jobs);

        Assert.Equal((HttpStatusCode.OK, "success"), (status, (string)upload["status"]!));
        JsonNode list = await client.GetAsync("/jars");
        JsonNode file = Assert.Single(list["files"]!.AsArray())!;
        Assert.Equal((string)upload["filename"]!, (string)file["id"]!);
        Assert.Equal(cluster.Address.ToString().TrimEnd('/'), (string)list["address"]!);
        Assert.Equal(
            ["EndlessJob", "FailingJob", "LargestJob", "SummingJob"], file["entry"]!.AsArray().Select(entry => (string)entry!["name"]!));
        Assert.Empty(new FlinkShape("jars").Missing(list));
        string path = $"/jars/{Uri.EscapeDataString((string)file["id"]!)}";

        JsonObject request = new()
        {
            ["entryClass"] = "LargestJob",
            ["programArgsList"] = new JsonArray($"output={cluster.FolderOf("kết quả.txt")}", "modulus=2"),
            ["parallelism"] = 2,
        };
        (status, JsonNode plan) = await client.SendAsync(HttpMethod.Post, $"{path}/plan", request.ToJsonString());
        Assert.True(status == HttpStatusCode.OK, plan.ToJsonString());
        Assert.Empty(new FlinkShape("jar-plan").Missing(plan));
        Assert.Empty((await client.GetAsync("/jobs"))["jobs"]!.AsArray());
        string arguments = Uri.EscapeDataString($"output=\"{cluster.FolderOf("a b")}\" modulus=2");
        JsonNode asked = await client.GetAsync($"{path}/plan?entry-class=LargestJob&parallelism=2&program-args={arguments}");
        Assert.Equal(plan["plan"]!["nodes"]!.ToJsonString(), asked["plan"]!["nodes"]!.ToJsonString());

        (status, JsonNode run) = await client.SendAsync(HttpMethod.Post, $"{path}/run", request.ToJsonString());
        Assert.True(status == HttpStatusCode.OK, run.ToJsonString());
        await client.ReachesAsync((string)run["jobid"]!, "FINISHED");
        Assert.Equal(["0: 8", "1: 9"], (await File.ReadAllLinesAsync(cluster.FolderOf("kết quả.txt"))).Order());
        JsonNode shown = (await client.GetAsync($"/jobs/{(string)run["jobid"]!}/plan"))["plan"]!;
        Assert.Equal(plan["plan"]!["nodes"]!.ToJsonString(), shown["nodes"]!.ToJsonString());

        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(HttpMethod.Delete, path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await client.SendAsync(HttpMethod.Delete, path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await client.SendAsync(HttpMethod.Post, $"{path}/run", "{}")).Status);
        Assert.Empty((await client.GetAsync("/jars"))["files"]!.AsArray());
        Assert.Empty(Directory.GetDirectories(cluster.FolderOf("blobs")));
    }

    [Theory]
    [InlineData("{}", "has 4 jobs: choose one with 'entryClass': EndlessJob, FailingJob")]
    [InlineData("""{"entryClass":"Nothing"}""", "has no class 'Nothing'")]
    [InlineData("""{"entryClass":"EndlessJob","jobId":"00000000000000000000000000000001"}""", "'jobId' must be left out")]
    [InlineData("""{"entryClass":"EndlessJob","programArgs":"--output x"}""", "'--output' is not of the form name=value")]
    [InlineData("""{"entryClass":"EndlessJob","programArgsList":[null]}""", "'' is not of the form name=value")]
    [InlineData("""{"entryClass":"EndlessJob","programArgs":"a=1","programArgsList":["b=2"]}""", "mean the same")]
    [InlineData("""{"entryClass":"EndlessJob","programArgs":"a=1 a=2"}""", "The setting 'a' is given twice.")]
    [InlineData("""{"entryClass":"EndlessJob","savepointPath":"file:///none"}""", "none")]
    [InlineData("""{"entryClass":"EndlessJob","bundle":"x"}""", "no field 'bundle'")]
    public async Task A_wrong_request_to_run_is_refused_with_the_reason(string request, string problem)
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        using RestClient client = new(cluster);
        string id = (string)(await client.UploadAsync("Việc.dll", Zips.Jobs(cluster))).Answer["filename"]!;

        (HttpStatusCode status, JsonNode answer) = await client.SendAsync(HttpMethod.Post, $"/jars/{Uri.EscapeDataString(id)}/run", request);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(problem, RestClient.ErrorOf(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_used_is_refused_with_the_reason_and_leaves_nothing()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(
            workers: 0, slots: 1, ("QueryStream:Blobs:MaxJobBytes", "500000"), ("QueryStream:Blobs:MaxBlobBytes", "300000"));
        using RestClient client = new(cluster);
        byte[] jobs = Zips.Jobs(cluster);
        byte[] bomb = new byte[1_000_000];
        (string Name, byte[] Content, string Problem)[] uploads =
        [
            ("notes.txt", jobs, "Only .dll and .zip files are allowed, and the name is 'notes.txt'."),
            ("a\u0001.dll", jobs, "has a character that is not allowed"),
            ("a.dll", Encoding.UTF8.GetBytes("nothing"), "'a.dll' is not a .NET assembly, or is damaged."),
            ("a.zip", Encoding.UTF8.GetBytes("nothing"), "The zip cannot be used. It is broken"),
            ("a.zip", Zips.Of(("a.dll", jobs, null))[..^30], "The zip cannot be used. It is broken"),
            ("a.zip", Zips.Of(("readme.txt", [1], null)), "No assembly at the top of the upload has a job"),
            ("a.zip", Zips.Of(("a.dll", jobs, null), ("b.dll", jobs, null)), "There are 2 assemblies with jobs: a.dll, b.dll."),
            ("a.zip", Zips.Of(("../a.dll", jobs, null)), "The name '../a.dll' must consist of names"),
            ("a.zip", Zips.Of(("/tmp/a.dll", jobs, null)), "The name '/tmp/a.dll' must consist of names"),
            ("a.zip", Zips.Of(("..\\a.dll", jobs, null)), "The name '..\\a.dll' has a character that is not allowed"),
            ("a.zip", Zips.Of(("C:/a.dll", jobs, null)), "The name 'C:/a.dll' has a character that is not allowed"),
            ("a.zip", Zips.Of(("a\n.dll", jobs, null)), "has a character that is not allowed"),
            ("a.zip", Zips.Of(("a.dll", jobs, null), ("A.DLL", jobs, null)), "The name 'A.DLL' appears twice"),
            ("a.zip", Zips.Of(("a", jobs, null), ("a/b", jobs, null)), "A folder of 'a/b' is a file too"),
            ("a.zip", Zips.Of(("link", [1], entry => entry.ExternalAttributes = 0xA1FF << 16)), "'link' is a link or another special file"),
            ("a.zip", Zips.Of(Enumerable.Range(0, 5000).Select(number => Zips.Entry($"{number}", []))), "It has 5000 entries, and 4096 are allowed"),
            ("a.zip", Zips.Of(("a.dll", jobs, null), ("a.deps.json", DependsOnDevice, null)), "'a.deps.json' lists '/dev/zero', which is not in"),
            ("a.zip", Zips.Of(("a.dll", jobs, null), ("a.deps.json", "[]"u8.ToArray(), null)), "The dependencies in 'a.deps.json' cannot be read"),
        ];
        foreach ((string name, byte[] content, string problem) in uploads)
        {
            (HttpStatusCode status, JsonNode answer) = await client.UploadAsync(name, content);
            Assert.True(status == HttpStatusCode.BadRequest, $"{problem}: {answer.ToJsonString()}");
            Assert.Contains(problem, RestClient.ErrorOf(answer), StringComparison.Ordinal);
            Assert.DoesNotContain(cluster.FolderOf(""), answer.ToJsonString(), StringComparison.Ordinal);
        }

        byte[] parts = Zips.Of(Enumerable.Range(0, 3).Select(number => Zips.Entry($"{number}", bomb[..200_000])));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await client.UploadAsync("a.zip", parts)).Status);
        byte[] whole = Zips.Of(("a.dll", jobs, null), ("bomb", bomb, null));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await client.UploadAsync("a.zip", whole)).Status);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await client.UploadAsync("a.dll", bomb[..600_000])).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.UploadAsync("a.dll", jobs, field: "other")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.UploadAsync("a.dll", jobs, origin: "https://evil.example")).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.UploadAsync("a.dll", jobs, origin: cluster.Address.ToString().TrimEnd('/'))).Status);
        Assert.Single((await client.GetAsync("/jars"))["files"]!.AsArray());
        Assert.Empty(Directory.GetDirectories(cluster.FolderOf("blobs")));
        Assert.Equal(2, Directory.GetFiles(cluster.FolderOf("blobs")).Length);
    }

    [Fact]
    public async Task The_oldest_of_too_many_goes_and_a_new_leader_knows_none()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 0, slots: 1);
        UploadList list = new();
        CoordinatorNode leader = cluster.Leading!;
        for (int number = 0; number <= UploadList.MaxUploads; number++)
        {
            list.Add(leader, new Upload($"{number}", "a.dll", DateTimeOffset.UnixEpoch, ContentHash.Of([]), ["A"]));
        }

        Assert.Equal((UploadList.MaxUploads, "1"), (list.Of(leader).Count, list.Of(leader)[0].Id));
        await using CoordinatorNode other = cluster.Service<CoordinatorFactory>().Start(new Core.Identity.Epoch(2));
        Assert.Empty(list.Of(other));
    }
}
