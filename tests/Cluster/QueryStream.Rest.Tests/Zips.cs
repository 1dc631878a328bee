using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using QueryStream.Testing.Rest;

namespace QueryStream.Rest.Tests;

/// <summary>Uploads that tests make.</summary>
internal static class Zips
{
    /// <summary>A zip.</summary>
    /// <param name="entries">Names and contents; what to set of an entry, or null.</param>
    public static byte[] Of(params IEnumerable<(string Name, byte[] Content, Action<ZipArchiveEntry>? Set)> entries)
    {
        using MemoryStream bytes = new();
        using (ZipArchive zip = new(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content, Action<ZipArchiveEntry>? set) in entries)
            {
                ZipArchiveEntry entry = zip.CreateEntry(name);
                set?.Invoke(entry);
                using Stream stream = entry.Open();
                stream.Write(content);
            }
        }

        return bytes.ToArray();
    }

    /// <summary>An ordinary entry.</summary>
    public static (string Name, byte[] Content, Action<ZipArchiveEntry>? Set) Entry(string name, byte[] content) => (name, content, null);

    /// <summary>The test's jobs.</summary>
    public static byte[] Jobs(RestCluster cluster) => File.ReadAllBytes(RestJobs.Write(cluster.FolderOf("mine")));

    public static async Task<(HttpStatusCode Status, JsonNode Answer)> UploadAsync(
        this RestClient client, string fileName, byte[] content, string field = "jarfile", string? origin = null)
    {
        using MultipartFormDataContent form = new() { { new ByteArrayContent(content), field, fileName } };
        using HttpRequestMessage request = new(HttpMethod.Post, "/jars/upload") { Content = form };
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        using HttpResponseMessage response = await client.Http.SendAsync(request);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }
}
