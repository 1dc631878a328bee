using System.Net;
using Microsoft.Playwright;

namespace QueryStream.Browser.Tests;

/// <summary>Who may change something.</summary>
public sealed class SecurityTests
{
    private const string Token = "only-for-tests";

    [BrowserFact]
    public async Task With_a_token_pages_show_and_only_who_signs_in_changes_something()
    {
        await using UiCluster cluster = await UiCluster.StartAsync(token: Token);
        using HttpClient http = new(new HttpClientHandler { AllowAutoRedirect = false });
        http.BaseAddress = new Uri($"http://{cluster.Cluster.Coordinator}");
        using HttpResponseMessage refused = await http.PatchAsync("/jobs/00000000000000000000000000000001", null);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using HttpRequestMessage foreign = new(HttpMethod.Post, "/ui/session");
        foreign.Headers.Add("Origin", "http://evil.example");
        using HttpResponseMessage stranger = await http.SendAsync(foreign);
        Assert.Equal(HttpStatusCode.Forbidden, stranger.StatusCode);

        await using BrowserPage browser = await BrowserPage.OpenAsync(cluster.Cluster.Coordinator);
        IPage page = browser.Page;
        await browser.GoAsync("/ui/cluster");
        Assert.Equal(0, await page.Locator("[aria-label^='Leave']").CountAsync());
        await page.ClickAsync("text=Sign in");
        await browser.CheckAsync("sign-in");
        await page.FillAsync("[name=secret]", "wrong-wrong");
        await page.ClickAsync("main button");
        await browser.ShowsAsync("[role=alert].problem", "not known here");
        await page.FillAsync("[name=secret]", Token);
        await page.ClickAsync("main button");
        await page.WaitForURLAsync("**/ui/cluster");
        await browser.ShowsAsync("tbody", "Leave");

        await page.ClickAsync("text=Sign out");
        await browser.ShowsAsync(".top-end", "Sign in");
        Assert.Empty(browser.Faults);
    }

    [BrowserFact]
    public async Task Read_only_pages_offer_no_change()
    {
        await using UiCluster cluster = await UiCluster.StartAsync("web.read-only: true");
        await using BrowserPage browser = await BrowserPage.OpenAsync(cluster.Cluster.Coordinator);
        await browser.GoAsync($"/ui/jobs/{cluster.Job}");
        await browser.ShowsAsync(".notice", "Read-only");
        Assert.Equal(0, await browser.Page.Locator("text=Cancel job").CountAsync());
        Assert.Empty(browser.Faults);
    }
}
